import { readdir } from "node:fs/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { liveMemory } from "../../../test/support/memory.ts";
import { waitFor } from "../../../test/support/wait.ts";
import { RawClient, sendRaw, startTestListener, type TestListener } from "./test-support.ts";

const head = "From: Ann <ann@sender.test>\r\nTo: bot@anima.test\r\nSubject: Hello\r\nMessage-ID: <1@sender.test>\r\n";
const MiB = 1024 * 1024;

function fill(piece: string, bytes: number): string {
  return piece.repeat(Math.ceil(bytes / piece.length));
}

describe("a hostile mail is accepted with what could be read, and the event loop does not wait for it", () => {
  let listener: TestListener;
  beforeAll(async () => {
    listener = await startTestListener({
      keepFiles: false,
      limits: { verifyMs: 3_000, extractMs: 1_000 },
    });
  });
  afterAll(() => listener.close());

  async function accept(message: string) {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const reply = await sendRaw(listener.port, Buffer.from(message, "latin1"));
    delay.disable();
    expect(reply).toMatch(/^250 /);
    expect(delay.max / 1e6).toBeLessThan(1_000);
    expect(listener.errors).toEqual([]);
    const mail = listener.accepted.pop();
    expect(mail).toMatchObject({ subject: "Hello", messageId: "1@sender.test", from: "ann@sender.test" });
    return mail;
  }

  it("10,000 parts", async () => {
    const parts = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(10_000);
    const mail = await accept(`${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--`);
    expect(mail).toMatchObject({ truncated: ["mime"], text: "", attachments: [] });
    expect(mail?.rawSizeBytes).toBeGreaterThan(parts.length);
  });

  it("parts nested 1,000 deep", async () => {
    const levels = Array.from(
      { length: 1_000 },
      (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
    );
    expect(await accept(`${head}${levels.join("")}\r\ndeep`)).toMatchObject({ truncated: ["mime"] });
    expect(await accept(`${head}${levels.slice(0, 400).join("")}\r\ndeep`)).toMatchObject({
      truncated: [],
      text: "deep\n",
    });
  });

  it("a MiB of header fields, or one field of a MiB", async () => {
    for (const flood of [
      fill("X-Flood: abc\r\n", MiB),
      `X-Flood: ${fill("a", MiB)}\r\n`,
      `To: ${fill("a@b.test,", MiB)}\r\n`,
    ]) {
      const mail = await accept(`${flood}${head}Content-Type: text/html\r\n\r\n<b>body</b>`);
      expect(mail).toMatchObject({ truncated: ["headers"], text: "body", html: "<b>body</b>\n" });
      expect(JSON.stringify(mail?.headers).length).toBeLessThan(300_000);
    }
  });

  it("header values made to be slow to decode", async () => {
    const values = [
      fill("=?utf-8?q?=C3=A9?= ", 120_000),
      fill("a:;", 120_000),
      fill('(("', 120_000),
      fill("<a@b> ", 120_000),
    ];
    for (const value of values)
      await accept(`${head}Cc: ${value}\r\nReferences: ${value}\r\nX-A: ${value}\r\n\r\nbody`);
    await accept(`${head}Content-Type: text/plain; ${fill("a*0*=x;", 120_000)}\r\n\r\nbody`);
  });

  it("charsets that are broken, unknown or dangerous", async () => {
    const text = async (charset: string, body: string) =>
      (await accept(`${head}Content-Type: text/plain; charset=${charset}\r\n\r\n${body}`))?.text;
    expect(await text('"no\u0000such\u00ff"', "caf\u00e9")).toBe("caf\ufffd\n");
    expect(await text("utf-7", "+ADw-script+AD4-")).toBe("+ADw-script+AD4-\n");
    expect(await text("utf-8", "a\u0000b\u001bc\u00ff")).toBe("abc\ufffd\n");
    expect(await text("utf-16le", "\u0000\u00d8x\u0000")).not.toMatch(/[\ud800-\udfff]/);
  });

  it("boundaries that lie", async () => {
    for (const boundary of ['""', '"a b "', `"${"b".repeat(5_000)}"`, '"--"', "b; boundary=c", "=?utf-8?q?b?="]) {
      await accept(
        `${head}Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--b\r\n\r\none\r\n--c\r\n\r\ntwo\r\n--b--`,
      );
    }
    const unclosed = await accept(`${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nonly`);
    expect(unclosed?.text).toBe("only\n");
    await accept(`${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n${fill("--b\r\n", 2 * MiB)}`);
  });

  it("text made to be slow to search for a quoted reply", async () => {
    const mail = await accept(`${head}\r\n${fill("Op schreef\r\n", 60_000)}`);
    expect(mail?.truncated).toEqual(["extractedText"]);
    expect(mail?.extractedText).toBe(mail?.text);
  });

  it("HTML made to be slow to convert", async () => {
    const mail = await accept(`${head}Content-Type: text/html\r\n\r\n${fill("<table><tr><td>", MiB)}`);
    expect(mail?.truncated).toContain("text");
    await accept(`${head}Content-Type: text/html\r\n\r\n${fill("<b>", MiB)}`);
  });

  it("a body that makes signature checks slow or large", async () => {
    const signature = (length: number) =>
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.test; s=k; l=${length}; h=from; bh=abc=; b=abc=\r\n`;
    const signatures = [1, 2, 3, 4, 5, 6, 7].map((n) => signature(n * 10_000_000)).join("");
    const mail = await accept(`${signatures}${head}\r\n${fill("a", 20 * MiB)}`);
    expect(mail?.verdicts.dkim).toBe("permerror");
  });

  it("a worker that runs out of memory takes nothing else down", async () => {
    const signature =
      "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.test; s=k; h=from; bh=abc=; b=abc=\r\n";
    const mail = await accept(`${signature}${head}\r\n${fill(" \r\n", 20 * MiB)}`);
    expect(mail?.verdicts.dkim).toMatch(/permerror|fail/);
    expect((await accept(`${head}\r\nnext`))?.text).toBe("next\n");
  });
});

describe("peers that do not behave", () => {
  let listener: TestListener | null = null;
  afterEach(async () => {
    await listener?.close();
    listener = null;
  });

  it("an idle one is sent away", async () => {
    listener = await startTestListener({ limits: { idleMs: 200 } });
    const client = new RawClient(listener.port);
    await client.reply();
    expect(await client.reply()).toMatch(/^421 /);
    await client.untilClosed();
  });

  it("one that drips the mail byte by byte is sent away though it is never idle", async () => {
    listener = await startTestListener({ limits: { idleMs: 1_000, dataMs: 1_500 } });
    const client = new RawClient(listener.port);
    await client.startMail();
    const drip = setInterval(() => client.socket.write("x"), 50);
    expect(await client.reply()).toMatch(/^421 4\.4\.2 Mail took too long/);
    await client.untilClosed();
    clearInterval(drip);
    expect(listener.errors).toEqual([]);
    await expect.poll(async () => readdir(listener?.spoolDir ?? "")).toEqual([]);
  });

  it("one that drips commands is sent away too", async () => {
    listener = await startTestListener({ limits: { idleMs: 1_000, sessionMs: 1_500 } });
    const client = new RawClient(listener.port);
    await client.reply();
    const drip = setInterval(() => client.socket.write("N"), 50);
    expect(await client.reply()).toMatch(/^421 4\.4\.2 Session took too long/);
    await client.untilClosed();
    clearInterval(drip);
  });

  it("one that leaves in the middle of a mail leaves nothing behind", async () => {
    listener = await startTestListener();
    const client = new RawClient(listener.port);
    await client.startMail();
    await client.write(fill("x", MiB));
    client.close();
    await expect.poll(async () => readdir(listener?.spoolDir ?? "")).toEqual([]);
    expect(listener.accepted).toEqual([]);
    expect(listener.errors).toEqual([]);
  });

  it("one that speaks another protocol is sent away", async () => {
    listener = await startTestListener();
    const client = new RawClient(listener.port);
    await client.reply();
    expect(await client.send("GET / HTTP/1.1")).toMatch(/^421 /);
    await client.untilClosed();
  });

  it("one that starts TLS and sends garbage harms nobody", async () => {
    listener = await startTestListener();
    const client = new RawClient(listener.port);
    await client.reply();
    await client.send("EHLO client.test");
    await client.send("STARTTLS");
    await client.write("not tls at all\r\n");
    await client.untilClosed();
    expect(await sendRaw(listener.port, `${head}\r\nHi`)).toMatch(/^250 /);
    expect(listener.errors).toEqual([]);
  });
});

describe("size and number", () => {
  it("a mail of 30 MB arrives whole while memory stays far below its size", async () => {
    const listener = await startTestListener({ keepFiles: false });
    const line = `${"QUJD".repeat(19)}\r\n`;
    const start = `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee file.\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
    const lines = Math.ceil((30 * 1_000_000) / line.length);
    const block = Buffer.from(line.repeat(1_000));
    const client = new RawClient(listener.port);
    await client.startMail();
    const before = liveMemory();
    let peak = 0;
    await client.write(start);
    for (let sent = 0; sent < lines; sent += 1_000) {
      await client.write(block);
      if (sent % 50_000 === 0) peak = Math.max(peak, liveMemory() - before);
    }
    expect(await client.send("--b--\r\n.")).toMatch(/^250 /);
    client.close();
    const [mail] = listener.accepted;
    expect(mail?.rawSizeBytes).toBeGreaterThan(30_000_000);
    expect(mail).toMatchObject({ text: "See file.", truncated: [] });
    expect(mail?.attachments).toHaveLength(1);
    expect(mail?.attachments[0]?.sizeBytes).toBe(Math.ceil(lines / 1_000) * 1_000 * 57);
    expect(peak).toBeLessThan(10 * MiB);
    await listener.close();
  });

  it("200 connections at once: as many as allowed deliver, the others are told to come later, few mails are in work", async () => {
    let working = 0;
    let mostWorking = 0;
    let stored = 0;
    const listener = await startTestListener({
      limits: { maxClients: 150, maxClientsPerNetwork: 150, concurrentMails: 3 },
      handler: {
        isKnownRecipient: async () => true,
        accept: async () => {
          working += 1;
          mostWorking = Math.max(mostWorking, working);
          await new Promise((resolve) => setImmediate(resolve));
          working -= 1;
          stored += 1;
        },
      },
    });
    const clients = Array.from({ length: 200 }, () => new RawClient(listener.port));
    const greetings = await Promise.all(clients.map((client) => client.reply()));
    const welcome = clients.filter((_, index) => greetings[index]?.startsWith("220 "));
    expect(greetings.filter((greeting) => greeting.startsWith("421 "))).toHaveLength(50);
    const before = liveMemory();
    const message = Buffer.from(`${head}\r\n${fill("some words\r\n", 256 * 1024)}.\r\n`);
    const replies = await Promise.all(
      welcome.map(async (client) => {
        for (const line of ["EHLO c.test", "MAIL FROM:<a@sender.test>", "RCPT TO:<bot@anima.test>", "DATA"]) {
          await client.send(line);
        }
        await client.write(message);
        return client.reply();
      }),
    );
    expect(replies.filter((reply) => reply.startsWith("250 "))).toHaveLength(150);
    expect(stored).toBe(150);
    expect(mostWorking).toBeLessThanOrEqual(3);
    expect(liveMemory() - before).toBeLessThan(50 * MiB);
    for (const client of clients) client.close();
    await listener.close();
  });

  it("one address cannot take all the places: it is told to come later, others are served, and so is it when it has left", async () => {
    const listener = await startTestListener({
      limits: { maxClients: 10, maxClientsPerNetwork: 3 },
      shared: ["127.0.0.3"],
    });
    const open = async (count: number, from: string) => {
      const clients = Array.from({ length: count }, () => new RawClient(listener.port, from));
      const greetings = await Promise.all(clients.map((client) => client.reply()));
      return { clients, welcome: greetings.filter((greeting) => greeting.startsWith("220 ")).length, greetings };
    };
    const greedy = await open(5, "127.0.0.1");
    expect(greedy.welcome).toBe(3);
    expect(greedy.greetings.find((greeting) => greeting.startsWith("421 "))).toContain("from your address");
    const other = await open(1, "127.0.0.2");
    expect(other.welcome).toBe(1);
    const proxy = await open(5, "127.0.0.3");
    expect(proxy.welcome).toBe(5);
    for (const client of [...greedy.clients, ...proxy.clients]) client.close();
    await waitFor(async () => {
      const again = await open(1, "127.0.0.1");
      for (const client of again.clients) client.close();
      expect(again.welcome).toBe(1);
    });
    for (const client of other.clients) client.close();
    await listener.close();
  });
});
