import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";
import { type Clock, systemClock } from "#server/platform/clock.ts";
import { errorCode } from "#server/platform/error-code.ts";
import { isWithin } from "#server/platform/network.ts";
import { type DNSResolver, systemResolver } from "./authenticate.ts";
import type { TlsCertificate } from "./certificate.ts";
import { defaultLimits, type MailInLimits } from "./limits.ts";
import { type Peer, Peers } from "./peers.ts";
import { createReceiver, type SpooledTransaction } from "./receive.ts";
import { receivedField, removeSpoolFolder, spoolPlace, sweepSpool, writeRawMail } from "./spool.ts";
import type { Envelope, InboundMailHandler } from "./types.ts";
import { MailWorkerPool } from "./worker-pool.ts";

export type SmtpListenerOptions = {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** The name the server gives itself in the greeting and in Received fields. */
  hostname: string;
  /** Addresses and CIDR ranges behind which there may be many peers: they are not held to maxClientsPerNetwork. */
  shared?: readonly string[];
  /** Largest mail in bytes, announced with SIZE (RFC 1870). */
  maxBytes: number;
  /** For mail in transfer; needs room for maxClients mails. Made when missing. */
  spoolDir: string;
  tls: TlsCertificate;
  handler: InboundMailHandler;
  /** Faults of this server (a handler that rejects, a full disk), not of peers. */
  onError: (error: Error) => void;
  /** DNS for SPF, DKIM and DMARC; the system's when absent. */
  resolver?: DNSResolver;
  limits?: Partial<MailInLimits>;
  clock?: Clock;
};

type SmtpListener = { port: number; close(): Promise<void> };

const SHUTTING_DOWN = "Server shutting down";

/**
 * Starts the server that receives mail (RFC 5321): for known recipients only, without AUTH and relaying, with STARTTLS.
 * A mail gets its 250 only after `handler.accept` resolved; 451 when it rejected. Rejects when the port is taken.
 */
export async function startSmtpListener(options: SmtpListenerOptions): Promise<SmtpListener> {
  const limits: MailInLimits = { ...defaultLimits, ...options.limits };
  const clock = options.clock ?? systemClock;
  await sweepSpool(options.spoolDir, clock);
  const pool = new MailWorkerPool(limits);
  const resolver = options.resolver ?? systemResolver();
  const receive = createReceiver({
    hostname: options.hostname,
    handler: options.handler,
    resolver,
    limits,
    clock,
    pool,
  });
  const peers = new Peers(limits.sessionMs);
  const inWork = new Set<Promise<void>>();
  let closing = false;
  let stopped = false;

  const server = new SMTPServer({
    ...protocolOptions(options, limits),
    onConnect: (session, done) => {
      const isShared = isWithin(session.remoteAddress, options.shared ?? []);
      if (!isShared && peers.countOf(session) >= limits.maxClientsPerNetwork) {
        return done(smtpError(421, "Too many connections from your address, try again later"));
      }
      peers.open(session, server);
      done();
    },
    onClose: (session) => peers.close(session),
    onRcptTo: (address, session, done) => {
      checkRecipient(address.address, peers.get(session), options, limits).then(() => done(), done);
    },
    onData: (stream, session, done) => {
      const peer = peers.get(session);
      const isAbandoned = () => stopped || peer.gone;
      const work = takeMail({ stream, session, peer, options, limits, clock }, (spooled) =>
        receive({ ...spooled, isAbandoned }),
      )
        .then(() => done(), done)
        .finally(() => {
          inWork.delete(work);
          if (closing) peer.disconnect(SHUTTING_DOWN);
        });
      inWork.add(work);
    },
  });
  await listen(server, options.port, options.host);
  server.on("error", (error) => {
    // Trouble with a single connection (a reset, a failed handshake) is the peer's business and carries its address.
    if (!("remoteAddress" in error)) options.onError(error);
  });

  return {
    port: (server.server.address() as AddressInfo).port,
    async close() {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(resolve));
      for (const connection of server.connections) {
        if (!peers.isBusy(connection.session)) connection.send(421, SHUTTING_DOWN);
      }
      await closed;
      stopped = true;
      await pool.close();
      await Promise.all(inWork);
    },
  };
}

function protocolOptions(options: SmtpListenerOptions, limits: MailInLimits): SMTPServerOptions {
  return {
    name: options.hostname,
    key: options.tls.key,
    cert: options.tls.cert,
    size: options.maxBytes,
    rejectOversized: true,
    maxRecipients: limits.maxRecipients,
    maxClients: limits.maxClients,
    socketTimeout: limits.idleMs,
    closeTimeout: limits.closeMs,
    hideENHANCEDSTATUSCODES: false,
    disableReverseLookup: true,
    disabledCommands: ["AUTH", "XCLIENT", "XFORWARD", "WIZ", "SHELL", "KILL"],
    logger: false,
  };
}

/** Resolves for a known recipient; rejects with the SMTP error for the peer otherwise. */
async function checkRecipient(
  address: string,
  peer: Peer,
  options: SmtpListenerOptions,
  limits: MailInLimits,
): Promise<void> {
  let known: boolean;
  try {
    known = await options.handler.isKnownRecipient(address.toLowerCase());
  } catch (error) {
    options.onError(toError(error));
    throw smtpError(451, "Cannot check the recipient now, try again later");
  }
  if (known) return;
  peer.unknownRecipients += 1;
  if (peer.unknownRecipients > limits.maxUnknownRecipients) throw smtpError(421, "Too many unknown recipients");
  throw smtpError(550, "No such mailbox here");
}

type Transfer = {
  stream: SMTPServerDataStream;
  session: SMTPServerSession;
  peer: Peer;
  options: SmtpListenerOptions;
  limits: MailInLimits;
  clock: Clock;
};

/** Spools one mail and hands it on. Rejects with the SMTP error for the peer. The spool folder is gone afterwards. */
async function takeMail(
  { stream, session, peer, options, limits, clock }: Transfer,
  handOn: (mail: Omit<SpooledTransaction, "isAbandoned">) => Promise<void>,
): Promise<void> {
  peer.busy = true;
  const envelope = readEnvelope(session);
  const receivedAt = clock.now();
  const { id, folder, rawPath } = spoolPlace(options.spoolDir);
  const dataTimer = setTimeout(() => {
    peer.disconnect("Mail took too long");
    stream.destroy(peerError("The mail took too long to arrive"));
  }, limits.dataMs);
  try {
    const trace = receivedField(envelope, options.hostname, id, receivedAt);
    const rawSizeBytes = await writeRawMail(stream, rawPath, trace);
    clearTimeout(dataTimer);
    // Oversized: the library answers 552 5.3.4.
    if (!stream.sizeExceeded) await handOn({ folder, rawPath, rawSizeBytes, envelope, receivedAt });
  } catch (error) {
    if (!isPeerError(error)) options.onError(toError(error));
    throw smtpError(451, "Cannot take the mail now, try again later");
  } finally {
    clearTimeout(dataTimer);
    peer.busy = false;
    await removeSpoolFolder(folder).catch((error) => options.onError(toError(error)));
  }
}

function listen(server: SMTPServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function readEnvelope(session: SMTPServerSession): Envelope {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    mailFrom: mailFrom ? mailFrom.address : "",
    rcptTo: rcptTo.map((recipient) => recipient.address.toLowerCase()),
    remoteAddress: session.remoteAddress,
    helo: session.hostNameAppearsAs,
    secure: session.secure,
  };
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function peerError(message: string): Error {
  return Object.assign(new Error(message), { code: "ECONNECTION" });
}

/** The peer went away or was sent away in the middle of a mail: smtp-server destroys the stream with ECONNECTION. */
function isPeerError(error: unknown): boolean {
  return errorCode(error) === "ECONNECTION";
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
