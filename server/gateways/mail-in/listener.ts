import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { type Clock, systemClock } from "#server/platform/clock.ts";
import { type DNSResolver, systemResolver } from "./authenticate.ts";
import type { TlsCertificate } from "./certificate.ts";
import { defaultLimits, type MailInLimits } from "./limits.ts";
import { createReceiver } from "./receive.ts";
import { createSpoolFolder, receivedField, removeSpoolFolder, sweepSpool, writeRawMail } from "./spool.ts";
import type { Envelope, InboundMailHandler } from "./types.ts";
import { MailWorkerPool } from "./worker-pool.ts";

export type SmtpListenerOptions = {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** The name the server gives itself in the greeting and in Received fields. */
  hostname: string;
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

export type SmtpListener = { port: number; close(): Promise<void> };

const SHUTTING_DOWN = "Server shutting down";

/** What is known about one connection. `busy` from DATA to its reply. */
type Peer = { unknownRecipients: number; busy: boolean; gone: boolean; sessionTimer: NodeJS.Timeout };

/**
 * Starts the server that receives mail (RFC 5321): for known recipients only, without AUTH and relaying, with STARTTLS.
 * A mail gets its 250 only after `handler.accept` resolved; 451 when it rejected. Rejects when the port is taken.
 */
export async function startSmtpListener(options: SmtpListenerOptions): Promise<SmtpListener> {
  const limits: MailInLimits = { ...defaultLimits, ...options.limits };
  const clock = options.clock ?? systemClock;
  await sweepSpool(options.spoolDir, clock);
  const pool = new MailWorkerPool(limits);
  const receive = createReceiver({
    hostname: options.hostname,
    handler: options.handler,
    resolver: options.resolver ?? systemResolver(),
    limits,
    clock,
    pool,
  });
  const peers = new Map<string, Peer>();
  const inWork = new Set<Promise<void>>();
  let closing = false;
  let stopped = false;

  const server = new SMTPServer({
    name: options.hostname,
    banner: "",
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
    onConnect: (session, done) => {
      peers.set(session.id, openPeer(session));
      done();
    },
    onClose: (session) => {
      const peer = peers.get(session.id);
      if (peer) {
        peer.gone = true;
        clearTimeout(peer.sessionTimer);
      }
      peers.delete(session.id);
    },
    onRcptTo: (address, session, done) => {
      checkRecipient(address.address, session).then(() => done(), done);
    },
    onData: (stream, session, done) => {
      const work = takeMail(stream, session)
        .then(() => done(), done)
        .finally(() => {
          inWork.delete(work);
          if (closing) disconnect(session, SHUTTING_DOWN);
        });
      inWork.add(work);
    },
  });

  function openPeer(session: SMTPServerSession): Peer {
    const peer: Peer = {
      unknownRecipients: 0,
      busy: false,
      gone: false,
      sessionTimer: setTimeout(() => {
        // While a mail is in work its own limits hold; after it the peer gets another full period.
        if (peer.busy) peer.sessionTimer.refresh();
        else disconnect(session, "Session took too long");
      }, limits.sessionMs),
    };
    peer.sessionTimer.unref();
    return peer;
  }

  function disconnect(session: SMTPServerSession, reason: string): void {
    for (const connection of server.connections) if (connection.session === session) connection.send(421, reason);
  }

  async function checkRecipient(address: string, session: SMTPServerSession): Promise<void> {
    let known: boolean;
    try {
      known = await options.handler.isKnownRecipient(address.toLowerCase());
    } catch (error) {
      options.onError(toError(error));
      throw smtpError(451, "Cannot check the recipient now, try again later");
    }
    if (known) return;
    const peer = peers.get(session.id);
    if (peer && ++peer.unknownRecipients > limits.maxUnknownRecipients)
      throw smtpError(421, "Too many unknown recipients");
    throw smtpError(550, "No such mailbox here");
  }

  async function takeMail(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const peer = peers.get(session.id);
    if (peer) peer.busy = true;
    const envelope = readEnvelope(session);
    const dataTimer = setTimeout(() => {
      disconnect(session, "Mail took too long");
      stream.destroy(peerError("The mail took too long to arrive"));
    }, limits.dataMs);
    let folder: string | null = null;
    try {
      const receivedAt = clock.now();
      const spool = await createSpoolFolder(options.spoolDir);
      folder = spool.folder;
      const rawPath = `${folder}/raw.eml`;
      const trace = receivedField(envelope, options.hostname, spool.id, receivedAt);
      const rawSizeBytes = await writeRawMail(stream, rawPath, trace);
      clearTimeout(dataTimer);
      if (stream.sizeExceeded) return; // the library answers 552 5.3.4
      const spooled = { ...spool, rawPath, rawSizeBytes };
      await receive({ spooled, envelope, receivedAt, isAbandoned: () => stopped || (peer?.gone ?? true) });
    } catch (error) {
      if (!isPeerError(error)) options.onError(toError(error));
      throw smtpError(451, "Cannot take the mail now, try again later");
    } finally {
      clearTimeout(dataTimer);
      if (peer) peer.busy = false;
      if (folder) await removeSpoolFolder(folder).catch((error) => options.onError(toError(error)));
    }
  }

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
        if (!peers.get(connection.session.id)?.busy) connection.send(421, SHUTTING_DOWN);
      }
      await closed;
      stopped = true;
      await pool.close();
      await Promise.all(inWork);
    },
  };
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
  return (error as NodeJS.ErrnoException).code === "ECONNECTION";
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
