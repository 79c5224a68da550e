import type { SMTPPoolOptions } from "nodemailer";
import { createTransport } from "nodemailer";
import type { RecipientOutcome } from "#server/domain/email/gateway.ts";
import { DEFAULT_TIMEOUTS, deliverToValid, type MailTransport, type SmtpTimeouts } from "./delivery.ts";
import { outcomesOfDelivery, outcomesOfFailure } from "./outcome.ts";
import { parseRelayUrl, type RelayTls, redactLogin } from "./relay-url.ts";

export type RelayOptions = {
  /** See parseRelayUrl. */
  relayUrl: string;
  /** The name given in EHLO; default: this machine's, where it has a full one. */
  hostname?: string;
  /** Connections held open at once; default 5. */
  maxConnections?: number;
  timeouts?: Partial<SmtpTimeouts>;
};

/** Hands all mail to one relay over a pool of connections. Throws only when the URL is wrong. */
export function createRelayTransport(options: RelayOptions): MailTransport {
  const relay = parseRelayUrl(options.relayUrl);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const redact = redactLogin(relay.auth);
  const pool = createTransport({
    pool: true,
    host: relay.host,
    port: relay.port,
    ...tlsOptions(relay.tls),
    ...(relay.auth ? { auth: relay.auth } : {}),
    ...(options.hostname ? { name: options.hostname } : {}),
    maxConnections: options.maxConnections ?? 5,
    // A host that drops connections before its greeting is asked again by the job, not here.
    maxRequeues: 1,
    connectionTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.silenceMs,
    // Or a relay named `localhost` is not found on a machine whose only interface is the loopback one.
    allowInternalNetworkInterfaces: true,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  async function send(from: string, to: string[], raw: Buffer): Promise<RecipientOutcome[]> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeouts.deliveryMs);
    try {
      const envelope = { from, to, size: raw.length };
      return outcomesOfDelivery(to, await pool.sendMail({ envelope, raw, signal: deadline.signal }), redact);
    } catch (error) {
      return outcomesOfFailure(to, error, redact);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    deliver: ({ envelope, raw }) => deliverToValid(envelope.to, (to) => send(envelope.from, to, raw)),
    async close() {
      pool.close({ force: true });
    },
  };
}

function tlsOptions(
  tls: RelayTls,
): Pick<SMTPPoolOptions, "secure" | "requireTLS" | "ignoreTLS" | "opportunisticTLS" | "tls"> {
  switch (tls) {
    case "implicit":
      return { secure: true };
    case "required":
      return { secure: false, requireTLS: true };
    case "opportunistic":
      // Encryption without proof of the peer still beats none (RFC 7435).
      return { secure: false, opportunisticTLS: true, tls: { rejectUnauthorized: false } };
    case "off":
      return { secure: false, ignoreTLS: true };
  }
}
