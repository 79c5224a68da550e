import SMTPConnection, { type SMTPConnectionSendInfo } from "nodemailer/lib/smtp-connection";
import type { SmtpEnvelope } from "#server/domain/email/gateway.ts";
import type { SmtpTimeouts } from "./delivery.ts";

export type SessionOptions = {
  /** The peer's name, for TLS. */
  host: string;
  /** The address to connect to, already resolved and checked. */
  address: string;
  port: number;
  /** The name given in EHLO. */
  hostname: string;
  timeouts: SmtpTimeouts;
};

export type SmtpSession = {
  /** Sends one mail and says goodbye. Throws nodemailer's error when no recipient got it. */
  send(envelope: SmtpEnvelope, raw: Buffer): Promise<SMTPConnectionSendInfo>;
  close(): void;
};

type Opened = { session: SmtpSession } | { failure: unknown };

const GOODBYE_MS = 5_000;

/** Connects, greets and, where it is offered, starts TLS; where TLS fails, once more without. */
export async function openSession(options: SessionOptions): Promise<Opened> {
  const first = await connect(options, true);
  if ("failure" in first && first.inTls) return connect(options, false);
  return first;
}

async function connect(
  options: SessionOptions,
  useTls: boolean,
): Promise<{ session: SmtpSession } | { failure: unknown; inTls: boolean }> {
  const connection = new SMTPConnection({
    host: options.address,
    port: options.port,
    name: options.hostname,
    secure: false,
    ...(useTls ? { opportunisticTLS: true } : { ignoreTLS: true }),
    // An address has no name to verify, and a self-made certificate still beats none (RFC 7435).
    tls: { rejectUnauthorized: false, servername: options.host },
    connectionTimeout: options.timeouts.connectMs,
    greetingTimeout: options.timeouts.greetingMs,
    socketTimeout: options.timeouts.silenceMs,
    allowInternalNetworkInterfaces: true,
  });
  const failed = failureOf(connection);
  const connected = new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  try {
    await Promise.race([connected, failed]);
    return { session: sessionOver(connection, failed, options.timeouts.deliveryMs) };
  } catch (failure) {
    const inTls = useTls && connection.upgrading === true;
    connection.close();
    return { failure, inTls };
  }
}

/** Rejects when the connection breaks or is closed, whichever call is waiting then. */
function failureOf(connection: SMTPConnection): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => {
    connection.on("error", reject);
    // Later than the callback of the mail under way, which knows more about why.
    connection.once("end", () => setImmediate(() => reject(new Error("The connection was closed"))));
  });
  // Nobody may be waiting when a finished session closes.
  failed.catch(() => {});
  return failed;
}

function sessionOver(connection: SMTPConnection, failed: Promise<never>, deliveryMs: number): SmtpSession {
  return {
    async send(envelope, raw) {
      const timer = setTimeout(() => connection.close(), deliveryMs);
      const sent = new Promise<SMTPConnectionSendInfo>((resolve, reject) => {
        connection.send({ ...envelope, size: raw.length }, raw, (error, info) =>
          error ? reject(error) : resolve(info),
        );
      });
      try {
        return await Promise.race([sent, failed]);
      } finally {
        clearTimeout(timer);
        connection.quit();
        setTimeout(() => connection.close(), GOODBYE_MS).unref();
      }
    },
    close: () => connection.close(),
  };
}
