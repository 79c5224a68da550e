import Telnyx from "telnyx";
import { CarrierRefused, CarrierUnsure } from "#server/domain/phone/carrier.ts";
import type { TelnyxConfig } from "#server/platform/config.ts";

const TIMEOUT_MS = 10_000;

/** Telnyx's own client. It repeats nothing by itself: whether an order may be repeated is not its to know. */
export function telnyxClient({ apiKey, apiBase }: TelnyxConfig): Telnyx {
  return new Telnyx({ apiKey, baseURL: apiBase, timeout: TIMEOUT_MS, maxRetries: 0, logLevel: "off" });
}

/**
 * What came of a request. An error of Telnyx's quotes numbers: only its code is passed on.
 * @param isOrder whether something happens by it; then no answer means that it may have happened
 */
export async function asked<T>(request: PromiseLike<T>, isOrder = false): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof Telnyx.APIError && error.status !== undefined && error.status < 500) {
      const code = codeOf(error.error) ?? error.status;
      throw new CarrierRefused(`telnyx_${code}`, "Telnyx refused the request", error.status === 429);
    }
    const what = error instanceof Telnyx.APIError && error.status ? `status ${error.status}` : "no answer";
    if (isOrder && !wasNeverSent(error)) throw new CarrierUnsure(`telnyx: ${what}`);
    throw new CarrierRefused("unavailable", `telnyx: ${what}`, true);
  }
}

function codeOf(body: unknown): string | undefined {
  return (body as { errors?: { code?: string }[] } | undefined)?.errors?.[0]?.code;
}

function wasNeverSent(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].includes(String((cause as { code?: unknown }).code))) return true;
  }
  return false;
}
