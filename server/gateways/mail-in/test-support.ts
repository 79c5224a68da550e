import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DNSResolver } from "./authenticate.ts";
import { loadOrCreateCertificate, type TlsCertificate } from "./certificate.ts";
import { type SmtpListenerOptions, startSmtpListener } from "./listener.ts";
import type { ReceivedMail } from "./types.ts";

/** A listener on a free port with a handler that remembers what it accepted. */
export type TestListener = {
  port: number;
  spoolDir: string;
  accepted: (ReceivedMail & { raw: Buffer; files: Buffer[] })[];
  errors: Error[];
  close(): Promise<void>;
};

const noDns: DNSResolver = async (domain) => {
  throw Object.assign(new Error(`no such name ${domain}`), { code: "ENOTFOUND" });
};

let certificate: Promise<TlsCertificate> | null = null;

/** Files of accepted mails are read only while `keepFiles` is true, so that large mails do not count as memory of the test. */
export async function startTestListener(
  overrides: Partial<SmtpListenerOptions> & { keepFiles?: boolean } = {},
): Promise<TestListener> {
  const { keepFiles = true, ...options } = overrides;
  const folder = await mkdtemp(join(tmpdir(), "anima-mail-in-"));
  certificate ??= loadOrCreateCertificate(folder, "mx.anima.test");
  const accepted: TestListener["accepted"] = [];
  const errors: Error[] = [];
  const spoolDir = join(folder, "spool");
  const listener = await startSmtpListener({
    host: "127.0.0.1",
    port: 0,
    hostname: "mx.anima.test",
    maxBytes: 35 * 1024 * 1024,
    spoolDir,
    tls: await certificate,
    resolver: noDns,
    onError: (error) => errors.push(error),
    handler: {
      isKnownRecipient: async (address) => address.endsWith("@anima.test"),
      accept: async (mail) => {
        const raw = keepFiles ? await readFile(mail.rawPath) : Buffer.alloc(0);
        const files = keepFiles ? await Promise.all(mail.attachments.map((file) => readFile(file.path))) : [];
        accepted.push({ ...mail, raw, files });
      },
    },
    ...options,
  }).catch(async (error) => {
    await rm(folder, { recursive: true });
    throw error;
  });
  return {
    port: listener.port,
    spoolDir,
    accepted,
    errors,
    async close() {
      await listener.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A plain SMTP client that sends exactly the bytes it is told to. */
export class RawClient {
  socket: Socket;
  #received = "";
  #closed = false;
  #wake: () => void = () => {};

  constructor(port: number, localAddress = "127.0.0.1") {
    this.socket = connect({ port, host: "127.0.0.1", localAddress });
    this.socket.setEncoding("utf8");
    this.socket.on("data", (chunk) => {
      this.#received += chunk;
      this.#wake();
    });
    this.socket.on("error", () => {}); // a reset by the server is seen as a close
    this.socket.on("close", () => {
      this.#closed = true;
      this.#wake();
    });
  }

  /** The next complete reply, all its lines; "" when the server closed the connection without one. */
  async reply(): Promise<string> {
    for (;;) {
      const complete = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(this.#received);
      if (complete) {
        this.#received = this.#received.slice(complete[0].length);
        return complete[0].trimEnd();
      }
      if (this.#closed) return "";
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async send(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`);
    return this.reply();
  }

  /** Greeting, EHLO, MAIL, RCPT and DATA, up to the 354. */
  async startMail(to = "bot@anima.test", from = "ann@sender.test"): Promise<string> {
    await this.reply();
    await this.send("EHLO client.test");
    await this.send(`MAIL FROM:<${from}>`);
    await this.send(`RCPT TO:<${to}>`);
    return this.send("DATA");
  }

  /** Writes bytes and waits until the socket took them. */
  write(data: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.socket.write(data, () => resolve());
    });
  }

  async untilClosed(): Promise<void> {
    while (!this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Sends one mail as raw bytes (dot-stuffing is up to the caller) and gives the reply to the final dot. */
export async function sendRaw(port: number, message: string | Buffer, to?: string, from?: string): Promise<string> {
  const client = new RawClient(port);
  await client.startMail(to, from);
  await client.write(message);
  const reply = await client.send("\r\n.");
  client.close();
  return reply;
}
