import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import type { InboundMail } from "./gateway.ts";
import { isKnownRecipient, receiveMail } from "./receive.ts";

type Message = Record<string, unknown> & { id: string; externalId: string; threadId: string; correlationId: string };
type Page<Item = Record<string, unknown>> = { items: Item[] };

let app: TestApp;
let masterKey: string;
let agent: { id: string; key: string; email: string };

beforeAll(async () => {
  app = await startTestApp();
  ({ masterKey } = await app.organisation());
  agent = await app.agent(masterKey);
});
afterAll(() => app.close());

let serial = 0;

function mailTo(address: string, changes: Partial<InboundMail> = {}): InboundMail {
  serial++;
  return {
    rcptTo: [address],
    receivedAt: app.clock.now(),
    raw: () => Readable.from(["raw mail"]),
    rawSizeBytes: 8,
    messageId: `mail-${serial}@example.com`,
    inReplyTo: null,
    references: [],
    from: "human@example.com",
    to: [address],
    cc: [],
    subject: "Hello agent",
    sentDate: app.clock.now(),
    text: "What is new?",
    html: null,
    extractedText: "What is new?",
    extractedHtml: null,
    headers: {},
    automatic: "no",
    attachments: [],
    verdicts: { spf: "pass", dkim: "pass", dmarc: "pass", dmarcPolicy: "none" },
    truncated: [],
    ...changes,
  };
}

async function inboxOf(who: { id: string; key: string }, query = ""): Promise<Message[]> {
  const { body } = await app.call<Page<Message>>("GET", `/v1/email?direction=INBOUND${query}`, { key: who.key });
  return body.items;
}

async function chain(correlationId: string): Promise<Record<string, unknown>[]> {
  const { body } = await app.call<Page>("GET", `/v1/audit/events?correlation_id=${correlationId}`, { key: masterKey });
  return body.items;
}

describe("a mail that comes in", () => {
  it("is stored with its file and its verdicts, unread, in a chain of its own", async () => {
    const reader = await app.agent(masterKey);
    const note = {
      filename: "note.txt",
      mimeType: "text/plain",
      sizeBytes: 4,
      contentId: null,
      content: () => Readable.from(["note"]),
    };
    expect(await receiveMail(app.runtime, mailTo(reader.email, { attachments: [note] }))).toEqual([reader.email]);
    const [message] = await inboxOf(reader);
    expect(message).toMatchObject({
      status: "DELIVERED",
      labels: ["unread"],
      subject: "Hello agent",
      extractedText: "What is new?",
      authentication: { spf: "pass", dkim: "pass", dmarc: "pass" },
      attachments: [{ filename: "note.txt", sizeBytes: 4 }],
    });
    expect(await chain(message?.correlationId ?? "")).toMatchObject([
      {
        event: "email.received",
        direction: "INBOUND",
        agentId: reader.id,
        detail: "from human@example.com: Hello agent",
      },
    ]);
  });

  it("joins the thread and the chain of the mail that it answers", async () => {
    const sent = await app.call<Message>("POST", "/v1/email/send", {
      key: agent.key,
      body: { to: ["human@example.com", "boss@example.com"], subject: "Question", body: "?" },
      correlationId: "corr_question",
    });
    await receiveMail(app.runtime, mailTo(agent.email, { inReplyTo: sent.body.externalId, subject: "Re: Question" }));
    const [answer] = await inboxOf(agent, `&threadId=${sent.body.threadId}`);
    expect(answer).toMatchObject({ correlationId: "corr_question", inReplyTo: sent.body.externalId });
    const [queued, received] = await chain("corr_question");
    expect(received).toMatchObject({ event: "email.received", parentId: queued?.id });
    const { body: thread } = await app.call<Page>("GET", "/v1/threads", { key: agent.key });
    const participants = expect.arrayContaining([agent.email, "human@example.com", "boss@example.com"]);
    expect(thread.items.find((item) => item.threadId === sent.body.threadId)).toMatchObject({
      messageCount: 2,
      participants,
      lastMessageDirection: "INBOUND",
    });
  });

  it("joins that mail also where a stranger has repeated its Message-ID in between", async () => {
    const sent = await app.call<Message>("POST", "/v1/email/send", {
      key: agent.key,
      body: { to: ["human@example.com", "mallory@example.com"], subject: "Plan", body: "?" },
      correlationId: "corr_plan",
    });
    const messageId = sent.body.externalId;
    await receiveMail(app.runtime, mailTo(agent.email, { messageId, from: "mallory@example.com", text: "mine" }));
    await receiveMail(app.runtime, mailTo(agent.email, { inReplyTo: messageId, subject: "Re: Plan" }));
    const [answer, strangers] = await inboxOf(agent);
    expect(answer).toMatchObject({ correlationId: "corr_plan", threadId: sent.body.threadId });
    expect(strangers?.correlationId).not.toBe("corr_plan");
  });

  it("is stored once, however often and however fast its peer repeats it", async () => {
    const reader = await app.agent(masterKey);
    const mail = mailTo(reader.email);
    await Promise.all(Array.from({ length: 8 }, () => receiveMail(app.runtime, mail)));
    await receiveMail(app.runtime, mail);
    expect(await inboxOf(reader)).toHaveLength(1);
  });

  it("keeps its files when the database took it but could not say so any more", async () => {
    const { runtime } = app;
    const prisma = new Proxy(runtime.db.prisma, {
      get: (target, name) =>
        name === "$transaction"
          ? async (...args: Parameters<typeof target.$transaction>) => {
              await target.$transaction(...args);
              throw new Error("Connection terminated unexpectedly");
            }
          : Reflect.get(target, name),
    });
    const mail = mailTo(agent.email);
    const lost = receiveMail({ ...runtime, db: { ...runtime.db, prisma } }, mail);
    await expect(lost).rejects.toThrow("terminated");
    const stored = await runtime.db.prisma.message.findFirstOrThrow({ where: { externalId: mail.messageId } });
    expect(String(await runtime.blobs.read(stored.rawKey ?? ""))).toBe("raw mail");
  });

  it("leaves no file behind when the disk is full before its last one", async () => {
    const { blobs } = app.runtime;
    const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const stored: string[] = [];
    const put = vi.spyOn(blobs, "put").mockImplementation(async (key, content) => {
      if (!key.endsWith("/raw")) throw full;
      stored.push(key);
      await Object.getPrototypeOf(blobs).put.call(blobs, key, content);
    });
    const file = { filename: "a.txt", mimeType: "text/plain", sizeBytes: 1, contentId: null };
    const attachments = [{ ...file, content: () => Readable.from(["a"]) }];
    await expect(receiveMail(app.runtime, mailTo(agent.email, { attachments }))).rejects.toBe(full);
    put.mockRestore();
    await expect(blobs.read(stored[0] ?? "")).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is two mails when two have one Message-ID but different words", async () => {
    const reader = await app.agent(masterKey);
    await receiveMail(app.runtime, mailTo(reader.email, { messageId: "same@example.com", text: "one" }));
    await receiveMail(app.runtime, mailTo(reader.email, { messageId: "same@example.com", text: "two" }));
    expect(await inboxOf(reader)).toHaveLength(2);
  });

  it("joins a colleague's chain only when it is proven to be the colleague's mail", async () => {
    const reader = await app.agent(masterKey);
    const sent = await app.call<Message>("POST", "/v1/email/send", {
      key: agent.key,
      body: { to: reader.email, subject: "For you", body: "!" },
      correlationId: "corr_colleague",
    });
    const copy = { messageId: sent.body.externalId, from: agent.email };
    const forged = { spf: "fail", dkim: "none", dmarc: "fail", dmarcPolicy: "none" };
    await receiveMail(app.runtime, mailTo(reader.email, { ...copy, verdicts: forged }));
    await receiveMail(app.runtime, mailTo(reader.email, { messageId: copy.messageId, text: "a stranger's" }));
    await receiveMail(app.runtime, mailTo(reader.email, { ...copy, text: "the real one" }));
    const [real, strangers, forgery] = await inboxOf(reader);
    expect(real?.correlationId).toBe("corr_colleague");
    expect(strangers?.correlationId).not.toBe("corr_colleague");
    expect(forgery?.correlationId).not.toBe("corr_colleague");
  });

  it("is hidden as spam where its sender's domain asks to reject what fails", async () => {
    const reader = await app.agent(masterKey);
    const verdicts = { spf: "fail", dkim: "none", dmarc: "fail", dmarcPolicy: "reject" };
    await receiveMail(app.runtime, mailTo(reader.email, { verdicts }));
    expect(await inboxOf(reader)).toHaveLength(0);
    expect(await inboxOf(reader, "&includeSpam=true")).toMatchObject([{ labels: ["spam", "unread"] }]);
  });

  it("says that nobody wrote it, and that it runs in circles", async () => {
    const reader = await app.agent(masterKey);
    await receiveMail(app.runtime, mailTo(reader.email, { automatic: "auto-reply" }));
    await receiveMail(app.runtime, mailTo(reader.email, { automatic: "loop" }));
    const [loop, reply] = await inboxOf(reader);
    expect(reply?.metadata).toEqual({ automatic: "auto-reply" });
    expect(await chain(loop?.correlationId ?? "")).toMatchObject([{ event: "email.loop.detected" }]);
  });

  it("reaches a paused agent, but no deleted one", async () => {
    const paused = await app.agent(masterKey);
    await app.call("PATCH", `/v1/agents/${paused.id}`, { key: masterKey, body: { status: "PAUSED" } });
    await receiveMail(app.runtime, mailTo(paused.email));
    expect(await inboxOf(paused)).toHaveLength(1);
    await app.call("DELETE", `/v1/agents/${paused.id}`, { key: masterKey });
    expect(await isKnownRecipient(app.runtime, paused.email)).toBe(false);
    expect(await receiveMail(app.runtime, mailTo(paused.email))).toEqual([]);
  });
});

describe("an agent's answer", () => {
  async function received(changes: Partial<InboundMail> = {}): Promise<Message> {
    await receiveMail(app.runtime, mailTo(agent.email, changes));
    const [message] = await inboxOf(agent);
    return message as Message;
  }

  it("goes to the sender, in the same thread and chain, with the references of RFC 5322", async () => {
    const original = await received({ references: ["older@example.com"] });
    const { status, body } = await app.call<Message>("POST", `/v1/email/${original.id}/reply`, {
      key: agent.key,
      body: { body: "This is new.", quoteOriginal: true },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      toAddress: "human@example.com",
      subject: "Re: Hello agent",
      threadId: original.threadId,
      correlationId: original.correlationId,
      inReplyTo: original.externalId,
      references: ["older@example.com", original.externalId],
    });
    expect(body.body).toMatch(/^This is new\.\n\nOn .* human@example\.com wrote:\n> What is new\?$/);
  });

  it("goes to Reply-To where there is one, and to everybody when asked, but never to the agent itself", async () => {
    const original = await received({
      headers: { "reply-to": "Desk <desk@example.com>" },
      to: [agent.email, "second@example.com"],
      cc: ["third@example.com"],
    });
    const { body } = await app.call<Message>("POST", `/v1/email/${original.id}/reply`, {
      key: agent.key,
      body: { body: "All of you.", replyAll: true },
    });
    expect(body).toMatchObject({ toAddress: "desk@example.com", cc: ["second@example.com", "third@example.com"] });
  });

  it("goes to addresses as mail servers take them, however the original writes them", async () => {
    const [local, domain] = agent.email.split("@");
    const original = await received({
      from: "Human@EXAMPLE.com",
      to: [`${local?.toUpperCase()}@${domain?.toUpperCase()}`, "buch@bücher.example"],
      cc: ['"odd one"@example.com', "literal@[192.0.2.1]"],
    });
    const { body } = await app.call<Message>("POST", `/v1/email/${original.id}/reply`, {
      key: agent.key,
      body: { body: "All of you.", replyAll: true },
    });
    expect(body).toMatchObject({ toAddress: "Human@example.com", cc: ["buch@xn--bcher-kva.example"] });
  });

  it("is refused where the only address is one that cannot be mailed to", async () => {
    const original = await received({ from: "literal@[192.0.2.1]" });
    const { status, body } = await app.call<Message>("POST", `/v1/email/${original.id}/reply`, {
      key: agent.key,
      body: { body: "Hello?" },
    });
    expect([status, body.code]).toEqual([400, "VALIDATION_ERROR"]);
  });

  it("is not held up by a Reply-To that was made to be slow to read", async () => {
    const original = await received({ headers: { "reply-to": `<${"@".repeat(120_000)}` } });
    const began = performance.now();
    const { body } = await app.call<Message>("POST", `/v1/email/${original.id}/reply`, {
      key: agent.key,
      body: { body: "Quick." },
    });
    expect(body.toAddress).toBe("human@example.com");
    expect(performance.now() - began).toBeLessThan(4_000);
  });

  it("is passed on with the original and its files, in the same chain and a new thread", async () => {
    const note = {
      filename: "note.txt",
      mimeType: "text/plain",
      sizeBytes: 4,
      contentId: null,
      content: () => Readable.from(["note"]),
    };
    const original = await received({ attachments: [note] });
    const { status, body } = await app.call<Message>("POST", `/v1/email/${original.id}/forward`, {
      key: agent.key,
      body: { to: "boss@example.com", body: "Look." },
      idempotencyKey: "forward-once",
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      subject: "Fwd: Hello agent",
      correlationId: original.correlationId,
      attachments: [{ filename: "note.txt" }],
    });
    expect(body.threadId).not.toBe(original.threadId);
    expect(body.body).toContain("What is new?");
  });

  it("cannot be given to a mail of somebody else", async () => {
    const original = await received();
    const other = await app.agent(masterKey);
    for (const act of ["reply", "forward"]) {
      const refused = await app.call("POST", `/v1/email/${original.id}/${act}`, {
        key: other.key,
        body: { to: "x@example.com", body: "x" },
      });
      expect(refused).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
    }
  });
});
