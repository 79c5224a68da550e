import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { type ParsedMail, simpleParser } from "mailparser";
import { createTransport } from "nodemailer";
import { SMTPServer, type SMTPServerSession } from "smtp-server";

/**
 * A real SMTP server that stands in for the mail host of a human: it keeps every mail, and a test can tell it how to
 * answer. It listens on loopback only.
 */
export type ReceivedMail = {
  raw: Buffer;
  parsed: ParsedMail;
  /** Without angle brackets. */
  messageId: string | null;
  envelope: { from: string; to: string[] };
  /** Whether it came over TLS. */
  secure: boolean;
  /** The name the client gave in EHLO. */
  helo: string;
  /** Which connection brought it, counted from 1. */
  connection: number;
  /** Whether the host answered 250. False for a mail whose acknowledgement the test withheld. */
  acknowledged: boolean;
};

export type Question =
  | { stage: "connect"; connection: number }
  | { stage: "auth"; connection: number; user: string; pass: string }
  | { stage: "mail"; connection: number; from: string }
  | { stage: "rcpt"; connection: number; from: string; to: string }
  /** Asked after the final dot, when the mail is already in `received`. */
  | { stage: "data"; connection: number; mail: ReceivedMail };

/** An SMTP reply, no reply at all, or the connection cut at once. */
export type Answer = "accept" | "hang" | "drop" | { code: number; text: string };

/** Undefined accepts. A promise delays the answer until it resolves. */
type Behaviour = (question: Question) => Answer | undefined | Promise<Answer | undefined>;

export type MailHostOptions = {
  /** Default: a free one. */
  port?: number;
  /** `starttls` (default) offers it, `implicit` speaks TLS from the first byte, `none` never does. */
  tls?: "starttls" | "implicit" | "none";
  /** PEM; default: a certificate that nobody should trust. */
  certificate?: { key: string; cert: string };
  /** Whether clients must log in; `behave` decides about the login. */
  auth?: boolean;
  /** Octets, announced with SIZE and kept. */
  maxSize?: number;
  onMail?: (mail: ReceivedMail) => void;
  script?: Behaviour;
};

export type MailHost = {
  port: number;
  /** `smtp://127.0.0.1:<port>`, or `smtps://` with implicit TLS. */
  url: string;
  received: ReceivedMail[];
  /** Connections accepted so far. */
  readonly connections: number;
  /** The first mail that fits, also one that came before the call. Rejects after the timeout and says what came. */
  waitForMail(fits: (mail: ReceivedMail) => boolean, timeoutMs?: number): Promise<ReceivedMail>;
  /** Replaces the script; without an argument everything is accepted again. */
  behave(script?: Behaviour): void;
  close(): Promise<void>;
};

type Waiter = { fits: (mail: ReceivedMail) => boolean; resolve: (mail: ReceivedMail) => void };
type Done = (error?: Error | null) => void;

/** What the SMTP server asks of the host behind it. */
type Hooks = {
  /** Which connection a session is, counted from 1. */
  numberOf(session: SMTPServerSession): number;
  /** Calls `done` unless the client is to get no reply. */
  ask(question: Question, session: SMTPServerSession, done: Done): Promise<void>;
  keep(mail: ReceivedMail): void;
};

export async function startMailHost(options: MailHostOptions = {}): Promise<MailHost> {
  const received: ReceivedMail[] = [];
  const waiters = new Set<Waiter>();
  const numbers = new Map<string, number>();
  let script = options.script ?? (() => undefined);

  const server = smtpServer(options, {
    numberOf(session) {
      const number = numbers.get(session.id) ?? numbers.size + 1;
      numbers.set(session.id, number);
      return number;
    },
    async ask(question, session, done) {
      const answer = (await script(question)) ?? "accept";
      if (answer === "hang") return;
      if (answer === "drop") return cut(server, session);
      if (answer !== "accept") return done(Object.assign(new Error(answer.text), { responseCode: answer.code }));
      if (question.stage === "data") question.mail.acknowledged = true;
      done();
    },
    keep(mail) {
      received.push(mail);
      options.onMail?.(mail);
      for (const waiter of waiters) if (waiter.fits(mail)) waiter.resolve(mail);
    },
  });
  // A client that breaks off is part of what tests do; the server itself goes on.
  server.on("error", () => {});
  const listening = server.listen(options.port ?? 0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;

  return {
    port,
    url: `${options.tls === "implicit" ? "smtps" : "smtp"}://127.0.0.1:${port}`,
    received,
    get connections() {
      return numbers.size;
    },
    waitForMail: (fits, timeoutMs = 30_000) => waitForMail(fits, timeoutMs, received, waiters),
    behave(next) {
      script = next ?? (() => undefined);
    },
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

function smtpServer(options: MailHostOptions, { numberOf, ask, keep }: Hooks): SMTPServer {
  const tls = options.tls ?? "starttls";
  return new SMTPServer({
    secure: tls === "implicit",
    disabledCommands: [...(tls === "none" ? ["STARTTLS"] : []), ...(options.auth ? [] : ["AUTH"])],
    allowInsecureAuth: true,
    authOptional: !options.auth,
    disableReverseLookup: true,
    // A pooled client sends many mails over one connection.
    maxAllowedUnauthenticatedCommands: false,
    // Also keeps the server from warning about its built-in certificate.
    logger: false,
    // Milliseconds that open connections get when the host closes.
    closeTimeout: 10,
    ...(options.maxSize ? { size: options.maxSize, rejectOversized: true } : {}),
    ...options.certificate,
    onConnect(session, done) {
      void ask({ stage: "connect", connection: numberOf(session) }, session, done);
    },
    onAuth(auth, session, done) {
      const { username: user = "", password } = auth;
      const question = { stage: "auth", connection: numberOf(session), user, pass: password ?? "" } as const;
      void ask(question, session, (error) => (error ? done(error) : done(null, { user })));
    },
    onMailFrom(address, session, done) {
      void ask({ stage: "mail", connection: numberOf(session), from: address.address }, session, done);
    },
    onRcptTo(address, session, done) {
      const from = senderOf(session);
      void ask({ stage: "rcpt", connection: numberOf(session), from, to: address.address }, session, done);
    },
    onData(stream, session, done) {
      const take = async () => {
        const mail = await readMail(await buffer(stream), session, numberOf(session));
        keep(mail);
        await ask({ stage: "data", connection: mail.connection, mail }, session, done);
      };
      take().catch(done);
    },
  });
}

/** Cuts the topmost socket: taking the plain one away under a TLS socket crashes Node. */
function cut(server: SMTPServer, session: SMTPServerSession): void {
  for (const connection of server.connections) if (connection.id === session.id) connection._socket.destroy();
}

function senderOf(session: SMTPServerSession): string {
  return session.envelope.mailFrom ? session.envelope.mailFrom.address : "";
}

async function readMail(raw: Buffer, session: SMTPServerSession, connection: number): Promise<ReceivedMail> {
  const parsed = await simpleParser(raw);
  return {
    raw,
    parsed,
    messageId: parsed.messageId?.replace(/^<|>$/g, "") ?? null,
    envelope: { from: senderOf(session), to: session.envelope.rcptTo.map((recipient) => recipient.address) },
    secure: session.secure,
    helo: session.hostNameAppearsAs,
    connection,
    acknowledged: false,
  };
}

async function waitForMail(
  fits: (mail: ReceivedMail) => boolean,
  timeoutMs: number,
  received: ReceivedMail[],
  waiters: Set<Waiter>,
): Promise<ReceivedMail> {
  const present = received.find(fits);
  if (present) return present;
  const { promise, resolve, reject } = Promise.withResolvers<ReceivedMail>();
  const waiter = { fits, resolve };
  const timer = setTimeout(() => {
    const subjects = received.map((mail) => `"${mail.parsed.subject ?? ""}" to ${mail.envelope.to.join(", ")}`);
    reject(new Error(`No such mail within ${timeoutMs} ms; received: ${subjects.join("; ") || "none"}`));
  }, timeoutMs);
  waiters.add(waiter);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    waiters.delete(waiter);
  }
}

export type Reply = {
  smtpPort: number;
  from: string;
  to: string | string[];
  subject: string;
  text: string;
  html?: string;
  /** With or without angle brackets. */
  inReplyTo?: string;
  references?: string | string[];
  headers?: Record<string, string>;
  attachments?: { filename: string; content: Buffer | string; contentType?: string; cid?: string }[];
};

/** Sends a mail into an SMTP server on loopback, as the human's mail host would, and gives its Message-ID and reply. */
export async function sendReply({ smtpPort, ...mail }: Reply): Promise<{ messageId: string; response: string }> {
  const transport = createTransport({
    host: "127.0.0.1",
    port: smtpPort,
    secure: false,
    name: "mail-host.test",
    tls: { rejectUnauthorized: false },
  });
  try {
    const sent = await transport.sendMail(mail);
    return { messageId: sent.messageId.replace(/^<|>$/g, ""), response: sent.response };
  } finally {
    transport.close();
  }
}

/** What a mail program puts on an answer: the subject, the threading headers and where it goes. */
export function replyHeaders(mail: ReceivedMail): {
  to: string;
  subject: string;
  inReplyTo: string;
  references: string[];
} {
  const subject = mail.parsed.subject ?? "";
  const earlier = mail.parsed.references ?? [];
  const messageId = mail.parsed.messageId ?? "";
  return {
    to: mail.parsed.replyTo?.value[0]?.address ?? mail.parsed.from?.value[0]?.address ?? mail.envelope.from,
    subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`,
    inReplyTo: messageId,
    references: [...(Array.isArray(earlier) ? earlier : [earlier]), messageId],
  };
}
