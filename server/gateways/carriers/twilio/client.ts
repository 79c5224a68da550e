import twilio from "twilio";
import { CarrierRefused, CarrierUnsure } from "#server/domain/phone/carrier.ts";
import type { TwilioConfig } from "#server/platform/config.ts";
import { errorCode } from "#server/platform/error-code.ts";

export type TwilioClient = ReturnType<typeof twilio>;

const TIMEOUT_MS = 10_000;

/** Twilio's own client; with another base, everything goes there, whatever host it is for. */
export function twilioClient({ accountSid, authToken, apiBase }: TwilioConfig): TwilioClient {
  const http = new twilio.RequestClient({ timeout: TIMEOUT_MS });
  if (apiBase !== null) {
    const base = new URL(apiBase);
    const request = http.request.bind(http);
    http.request = (options) => {
      const uri = new URL(options.uri);
      uri.protocol = base.protocol;
      uri.host = base.host;
      return request({ ...options, uri: uri.href });
    };
  }
  return twilio(accountSid, authToken, { httpClient: http, lazyLoading: true });
}

/**
 * What came of a request. An error of Twilio's quotes numbers: only its code is passed on.
 * @param isOrder whether something happens by it; then no answer means that it may have happened
 */
export async function asked<T>(request: Promise<T>, isOrder = false): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const { status, code } = error as { status?: number; code?: number | string };
    if (status !== undefined && status < 500) {
      throw new CarrierRefused(`twilio_${code ?? status}`, "Twilio refused the request", status === 429);
    }
    const neverSent = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].includes(String(errorCode(error)));
    const what = status === undefined ? `no answer (${errorCode(error) ?? "unknown"})` : `status ${status}`;
    if (isOrder && !neverSent) throw new CarrierUnsure(`twilio: ${what}`);
    throw new CarrierRefused("unavailable", `twilio: ${what}`, true);
  }
}
