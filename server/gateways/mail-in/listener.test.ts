import { readdir } from "node:fs/promises";
import { createTransport } from "nodemailer";
import { afterEach, describe, expect, it } from "vitest";
import { RawClient, sendRaw, startTestListener, type TestListener } from "./test-support.ts";

let listener: TestListener | null = null;

async function start(...options: Parameters<typeof startTestListener>): Promise<TestListener> {
  listener = await startTestListener(...options);
  return listener;
}

afterEach(async () => {
  await listener?.close();
  listener = null;
});

const hello =
  "From: Ann <ann@sender.test>\r\nTo: bot@anima.test\r\nSubject: Hello\r\nMessage-ID: <1@sender.test>\r\n\r\nHi";

describe("a mail from an ordinary program", () => {
  it("is handed over once, whole and parsed, for all its recipients", async () => {
    const { port, accepted, spoolDir, errors } = await start();
    const transport = createTransport({
      host: "127.0.0.1",
      port,
      requireTLS: true,
      tls: { rejectUnauthorized: false },
    });
    const content = Buffer.from([0, 255, 13, 10, 46, 13, 10, 1]);
    await transport.sendMail({
      from: { name: "Änn", address: "ann@sender.test" },
      to: ["Bot@anima.test", "other@anima.test"],
      cc: "third@anima.test",
      replyTo: "desk@sender.test",
      subject: "Grüße 🌍",
      messageId: "<2@sender.test>",
      inReplyTo: "<1@anima.test>",
      references: ["<0@anima.test>", "<1@anima.test>"],
      date: new Date("2026-01-02T03:04:05Z"),
      text: "Yes.\n\nOn Mon, Jan 1, 2026 at 1:00 PM Bot <bot@anima.test> wrote:\n> Shall we?\n",
      html: '<p>Yes.</p><div class="gmail_quote">On Mon Bot wrote:<blockquote>Shall we?</blockquote></div>',
      attachments: [
        { filename: "../../etc/näme.bin", content, contentType: "application/x-thing" },
        { filename: "logo.png", content: "png", cid: "logo@sender.test" },
      ],
    });
    transport.close();

    expect(errors).toEqual([]);
    expect(accepted).toHaveLength(1);
    const [mail] = accepted;
    expect(mail).toMatchObject({
      envelope: {
        mailFrom: "ann@sender.test",
        rcptTo: ["bot@anima.test", "other@anima.test", "third@anima.test"],
        remoteAddress: "127.0.0.1",
        secure: true,
      },
      messageId: "2@sender.test",
      inReplyTo: "1@anima.test",
      references: ["0@anima.test", "1@anima.test"],
      from: "ann@sender.test",
      fromName: "Änn",
      to: ["Bot@anima.test", "other@anima.test"],
      cc: ["third@anima.test"],
      replyTo: ["desk@sender.test"],
      subject: "Grüße 🌍",
      sentDate: new Date("2026-01-02T03:04:05Z"),
      extractedText: "Yes.",
      extractedHtml: "<p>Yes.</p>",
      automatic: "no",
      truncated: [],
    });
    expect(mail?.text).toContain("> Shall we?");
    expect(mail?.attachments.map(({ path, ...rest }) => rest)).toEqual([
      { filename: "logo.png", mimeType: "image/png", sizeBytes: 3, contentId: "logo@sender.test" },
      { filename: "näme.bin", mimeType: "application/x-thing", sizeBytes: content.length, contentId: null },
    ]);
    expect(mail?.files[1]).toEqual(content);
    expect(mail?.rawSizeBytes).toBe(mail?.raw.length);
    expect(mail?.raw.toString()).toMatch(
      /^Received: from .* \(\[127\.0\.0\.1\]\)\r\n\tby mx\.anima\.test with ESMTPS id /,
    );
    expect(await readdir(spoolDir)).toEqual([]);
  });

  it("has its text derived from the HTML when there is no other", async () => {
    const { port, accepted } = await start();
    const html = "From: a@sender.test\r\nContent-Type: text/html\r\n\r\n<p>One</p><p>Two &amp; three</p>";
    expect(await sendRaw(port, html)).toMatch(/^250 /);
    expect(accepted[0]?.text).toBe("One\n\nTwo & three");
  });

  it("keeps lines that begin with a dot as they were written", async () => {
    const { port, accepted } = await start();
    await sendRaw(port, `${hello}\r\n..dot\r\n...two`);
    expect(accepted[0]?.text).toBe("Hi\n.dot\n..two\n");
  });
});

describe("the greeting", () => {
  it("offers STARTTLS, SIZE, PIPELINING, 8BITMIME and SMTPUTF8 and no AUTH", async () => {
    const { port } = await start({ maxBytes: 12345 });
    const client = new RawClient(port);
    expect(await client.reply()).toBe("220 mx.anima.test ESMTP");
    const capabilities = (await client.send("EHLO client.test")).split("\r\n").map((line) => line.slice(4));
    expect(capabilities).toEqual(
      expect.arrayContaining(["STARTTLS", "SIZE 12345", "PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]),
    );
    expect(capabilities.join(" ")).not.toContain("AUTH");
    expect(await client.send("AUTH PLAIN AGEAYg==")).toMatch(/^500 /);
    client.close();
  });
});

describe("recipients", () => {
  async function afterMail(port: number): Promise<RawClient> {
    const client = new RawClient(port);
    await client.reply();
    await client.send("EHLO client.test");
    await client.send("MAIL FROM:<ann@sender.test>");
    return client;
  }

  it("that are not known here are refused for good, so nothing is relayed", async () => {
    const { port } = await start();
    const client = await afterMail(port);
    expect(await client.send("RCPT TO:<someone@elsewhere.test>")).toMatch(/^550 5\.1\.1 /);
    expect(await client.send("RCPT TO:<bot@elsewhere.test@anima.test>")).toMatch(/^501 /);
    expect(await client.send("DATA")).toMatch(/^503 /);
    expect(await client.send("RCPT TO:<bot@anima.test>")).toMatch(/^250 2\.1\.5 /);
    client.close();
  });

  it("that cannot be checked now are refused for now", async () => {
    const isKnownRecipient = async () => {
      throw new Error("database of Ann is away");
    };
    const { port, errors } = await start({ handler: { isKnownRecipient, accept: async () => {} } });
    const client = await afterMail(port);
    const reply = await client.send("RCPT TO:<bot@anima.test>");
    expect(reply).toMatch(/^451 4\.3\.0 /);
    expect(reply).not.toContain("database");
    expect(errors.map((error) => error.message)).toEqual(["database of Ann is away"]);
    client.close();
  });

  it("are limited in number per mail", async () => {
    const { port } = await start({ limits: { maxRecipients: 2 } });
    const client = await afterMail(port);
    await client.send("RCPT TO:<a@anima.test>");
    await client.send("RCPT TO:<b@anima.test>");
    expect(await client.send("RCPT TO:<c@anima.test>")).toMatch(/^452 4\.5\.3 /);
    expect(await client.send("DATA")).toMatch(/^354 /);
    client.close();
  });

  it("cannot be guessed without end on one connection", async () => {
    const { port } = await start({ limits: { maxUnknownRecipients: 2 } });
    const client = await afterMail(port);
    expect(await client.send("RCPT TO:<a@b.test>")).toMatch(/^550 /);
    expect(await client.send("RCPT TO:<b@b.test>")).toMatch(/^550 /);
    expect(await client.send("RCPT TO:<c@b.test>")).toMatch(/^421 /);
    await client.untilClosed();
  });
});

describe("a mail over the size limit", () => {
  it("is refused at MAIL when the peer says its size", async () => {
    const { port } = await start({ maxBytes: 1000 });
    const client = new RawClient(port);
    await client.reply();
    await client.send("EHLO client.test");
    expect(await client.send("MAIL FROM:<a@sender.test> SIZE=1001")).toMatch(/^552 5\.3\.4 /);
    client.close();
  });

  it("is refused after DATA when it turns out so, and the connection goes on", async () => {
    const { port, accepted, spoolDir } = await start({ maxBytes: 1000 });
    const client = new RawClient(port);
    await client.startMail();
    await client.write("x".repeat(500_000));
    expect(await client.send("\r\n.")).toMatch(/^552 5\.3\.4 /);
    await client.send("MAIL FROM:<a@sender.test>");
    await client.send("RCPT TO:<bot@anima.test>");
    await client.send("DATA");
    expect(await client.send(`${hello}\r\n.`)).toMatch(/^250 /);
    expect(accepted).toHaveLength(1);
    expect(await readdir(spoolDir)).toEqual([]);
    client.close();
  });
});

describe("the 250", () => {
  it("comes only after the mail is stored", async () => {
    let store: () => void = () => {};
    const arrived = Promise.withResolvers<void>();
    const accept = () => {
      arrived.resolve();
      return new Promise<void>((resolve) => {
        store = resolve;
      });
    };
    const { port } = await start({ handler: { isKnownRecipient: async () => true, accept } });
    const client = new RawClient(port);
    await client.startMail();
    let replied = false;
    const reply = client.send(`${hello}\r\n.`).finally(() => {
      replied = true;
    });
    await arrived.promise;
    expect(replied).toBe(false);
    store();
    expect(await reply).toMatch(/^250 /);
    client.close();
  });

  it("is a 451 when storing failed, without the reason, and the next try may succeed", async () => {
    let tries = 0;
    const accept = async () => {
      tries += 1;
      if (tries === 1) throw new Error("disk of Ann is full");
    };
    const { port, errors, spoolDir } = await start({ handler: { isKnownRecipient: async () => true, accept } });
    const refused = await sendRaw(port, hello);
    expect(refused).toMatch(/^451 4\.3\.0 /);
    expect(refused).not.toContain("disk");
    expect(errors.map((error) => error.message)).toEqual(["disk of Ann is full"]);
    expect(await sendRaw(port, hello)).toMatch(/^250 /);
    expect(await readdir(spoolDir)).toEqual([]);
  });
});

describe("line endings (SMTP smuggling)", () => {
  it.each(["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r"])("%j does not end a mail", async (ending) => {
    const { port, accepted } = await start();
    const smuggled = "MAIL FROM:<boss@anima.test>\r\nRCPT TO:<bot@anima.test>\r\nDATA\r\nSubject: forged\r\n\r\nforged";
    expect(await sendRaw(port, `${hello}${ending}${smuggled}`)).toMatch(/^250 /);
    expect(accepted.map((mail) => mail.subject)).toEqual(["Hello"]);
    expect(accepted[0]?.raw.toString()).toContain("Subject: forged");
  });
});

describe("start and end", () => {
  it("rejects when the port is taken", async () => {
    const { port } = await start();
    await expect(startTestListener({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("lets a mail in work finish, says goodbye to idle peers and takes no new ones", async () => {
    let store: () => void = () => {};
    const arrived = Promise.withResolvers<void>();
    const accept = () => {
      arrived.resolve();
      return new Promise<void>((resolve) => {
        store = resolve;
      });
    };
    const { port, close } = await start({ handler: { isKnownRecipient: async () => true, accept } });
    const idle = new RawClient(port);
    await idle.reply();
    const sender = new RawClient(port);
    await sender.startMail();
    const reply = sender.send(`${hello}\r\n.`);
    await arrived.promise;

    const closed = close();
    listener = null;
    expect(await idle.reply()).toMatch(/^421 /);
    const late = new RawClient(port);
    expect(await late.reply()).toBe("");
    store();
    expect(await reply).toMatch(/^250 /);
    await closed;
  });

  it("does not store a mail whose sender has gone, as it will come again", async () => {
    const dnsAsked = Promise.withResolvers<void>();
    const dnsAnswers = Promise.withResolvers<string[][]>();
    const resolver = () => {
      dnsAsked.resolve();
      return dnsAnswers.promise;
    };
    const { port, accepted, close } = await start({ resolver });
    const client = new RawClient(port);
    await client.startMail();
    await client.write(`${hello}\r\n.\r\n`);
    await dnsAsked.promise;
    client.close();
    await client.untilClosed();
    dnsAnswers.resolve([]);
    await close();
    listener = null;
    expect(accepted).toEqual([]);
  });
});
