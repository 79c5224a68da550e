import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MailHost, startMailHost } from "../../e2e/support/mail-host.ts";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { deliverMessage } from "../domain/email/deliver.ts";
import type { MailSummary } from "../domain/mailbox/summary.ts";
import { makeAgent, storeAttachment, storeMessage, type TestAgent } from "../domain/messages/test-support.ts";
import { createMailGateway } from "../gateways/mail.ts";
import { newId } from "../platform/ids.ts";
import { downloadFile, downloadSource, showHtml } from "./mail-files.ts";
import { consoleOf } from "./test-support.ts";

let app: TestApp;
let host: MailHost;
let agent: TestAgent;
let cookie: string;
let browser: ReturnType<typeof consoleOf>;

beforeAll(async () => {
  host = await startMailHost();
  app = await startTestApp({ SMTP_RELAY_URL: host.url });
  agent = await makeAgent(app);
  browser = consoleOf(app);
  cookie = await browser.signIn(agent.masterKey);
});
afterAll(async () => {
  await app.close();
  await host.close();
});

// biome-ignore lint/suspicious/noExplicitAny: the answer as it is on the wire
async function ask(path: string, input: unknown, as = cookie): Promise<any> {
  const { status, body } = await browser.query(path, input, { cookie: as });
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body.result.data;
}

const subjects = async (input: object): Promise<(string | null)[]> =>
  (await ask("mail.list", input)).items.map((mail: MailSummary) => mail.subject);

const get = (id: string, query = "", headers: Record<string, string> = { cookie }) =>
  new Request(`http://console.test/api/mail/${id}${query}`, { headers });

describe("the boxes", () => {
  let owner: TestAgent;
  const of = (box: string, more: object = {}) => subjects({ box, agentId: owner.id, ...more });

  beforeAll(async () => {
    owner = await makeAgent(app, agent);
    const out = { direction: "OUTBOUND", fromAddress: owner.email, to: ["kim@example.com"], labels: ["read"] };
    await storeMessage(app, owner, { subject: "arrived" });
    await storeMessage(app, owner, { subject: "put away", labels: ["archived", "unread"] });
    await storeMessage(app, owner, { subject: "junk", labels: ["spam", "unread"] });
    await storeMessage(app, owner, { subject: "important", labels: ["read", "vip"], body: "A parcel of tea" });
    await storeMessage(app, owner, { ...out, subject: "gone", status: "SENT" });
    await storeMessage(app, owner, { ...out, subject: "waiting", status: "QUEUED", statusReason: "NO_RELAY" });
    await storeMessage(app, owner, { ...out, subject: "refused", status: "BOUNCED" });
  });

  test("each shows its own, newest first", async () => {
    expect(await of("inbox")).toEqual(["important", "arrived"]);
    expect(await of("sent")).toEqual(["gone"]);
    expect(await of("outbox")).toEqual(["waiting"]);
    expect(await of("bounced")).toEqual(["refused"]);
    expect(await of("archive")).toEqual(["put away"]);
    expect(await of("spam")).toEqual(["junk"]);
    expect(await of("all")).toEqual(["refused", "waiting", "gone", "important", "junk", "put away", "arrived"]);
    expect(await of("all", { label: "vip" })).toEqual(["important"]);
    expect(await of("all", { query: "parcel tea" })).toEqual(["important"]);
    expect(await of("sent", { query: "tea" })).toEqual([]);
  });

  test("a line has what a list shows, and no body", async () => {
    const { items } = await ask("mail.list", { box: "all", agentId: owner.id, query: "tea" });
    expect(items[0]).toMatchObject({
      snippet: "A parcel of tea",
      attachmentCount: 0,
      fromAddress: "alice@example.com",
    });
    expect(Object.keys(items[0])).not.toContain("body");
  });

  test("the inbox goes on behind much that is archived, without a gap or a double", async () => {
    const busy = await makeAgent(app, agent);
    for (let n = 0; n < 30; n++) {
      const labels = n % 3 === 0 ? ["unread"] : ["archived", "unread"];
      await storeMessage(app, busy, { subject: `mail ${n}`, labels });
    }
    const seen: (string | null)[] = [];
    let cursor: string | null = null;
    do {
      const page = await ask("mail.list", { agentId: busy.id, limit: 2, ...(cursor ? { cursor } : {}) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map((mail: MailSummary) => mail.subject));
      cursor = page.pagination.nextCursor;
    } while (cursor);
    expect(seen).toEqual([27, 24, 21, 18, 15, 12, 9, 6, 3, 0].map((n) => `mail ${n}`));
  });

  test("unread mail and labels are counted over the newest messages", async () => {
    expect(await ask("mail.overview", { agentId: owner.id })).toEqual({
      unread: 1,
      unreadByAgent: { [owner.id]: 1 },
      labels: ["vip"],
    });
  });
});

describe("a mail that arrived", () => {
  test("is read in its thread, with its verdicts, its files and its source", async () => {
    const threadId = newId();
    const raw = "Received: from a\r\nSubject: =?utf-8?q?H=C3=A9?=\r\n\r\nhello ";
    const rawKey = `${agent.orgId}/${newId()}/raw`;
    await app.runtime.blobs.put(rawKey, Buffer.from(raw + "x".repeat(300_000)));
    const stored = await storeMessage(app, agent, {
      threadId,
      rawKey,
      body: "Yes\n\n> really?",
      extractedText: "Yes",
      bodyHtml: '<p onclick="x()">Yes <img src="cid:a@b"><img src="https://evil.test/1"></p>',
      verdicts: { spf: "pass", dkim: "fail", dmarc: "fail", dmarcPolicy: "reject" },
      metadata: { automatic: "bulk" },
      labels: ["spam", "unread"],
    });
    const png = { filename: "a.png", mimeType: "image/png", content: "png bytes" };
    const fileId = await storeAttachment(app, stored, png);
    await app.runtime.db.prisma.attachment.updateMany({ where: { id: fileId }, data: { contentId: "a@b" } });
    await app.runtime.db.prisma.thread.create({
      data: {
        orgId: agent.orgId,
        id: threadId,
        agentId: agent.id,
        channel: "EMAIL",
        subject: "Order 4711",
        participants: ["alice@example.com"],
        messageCount: 1,
        lastMessageAt: stored.createdAt,
        lastMessageSnippet: "Yes",
        lastMessageDirection: "INBOUND",
      },
    });

    expect(await ask("mail.thread", { id: stored.id })).toMatchObject({ threadId, messages: [{ id: stored.id }] });
    expect(await ask("mail.read", { id: stored.id })).toMatchObject({
      text: "Yes\n\n> really?",
      reply: "Yes",
      isCut: false,
      hasHtml: true,
      hasRemoteImages: true,
      hasSource: true,
      automatic: "bulk",
      authentication: { dmarc: "fail", dmarcPolicy: "reject" },
      attachments: [{ filename: "a.png" }],
      recipients: [],
    });

    const source = await ask("mail.source", { id: stored.id });
    expect(source).toMatchObject({ origin: "received", isCut: true });
    expect(source.text).toHaveLength(256 * 1024);
    const file = await downloadSource(app.runtime, get(stored.id), stored.id);
    expect(file.headers.get("content-disposition")).toContain(`${stored.id}.eml`);
    expect(await file.text()).toBe(raw + "x".repeat(300_000));

    const download = await downloadFile(app.runtime, get(fileId), fileId);
    expect(Object.fromEntries(download.headers)).toMatchObject({
      "content-disposition": expect.stringContaining('attachment; filename="a.png"'),
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    });
    expect(await download.text()).toBe("png bytes");
  });

  test("its HTML is a page that can do nothing, and fetches images only where our page asks for it", async () => {
    const { id } = await storeMessage(app, agent, {
      bodyHtml: '<b>Hi</b><script>x()</script><img src="https://evil.test/1">',
    });
    const shut = await showHtml(app.runtime, get(id), id);
    const policy = shut.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("sandbox allow-popups allow-popups-to-escape-sandbox;");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("img-src data:;");
    expect(policy).toContain("form-action 'none'");
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).not.toMatch(/allow-scripts|allow-same-origin|allow-forms|allow-top/);
    expect(shut.headers.get("referrer-policy")).toBe("no-referrer");
    expect(shut.headers.get("cross-origin-embedder-policy")).toBe("credentialless");
    expect(await shut.text()).toMatch(/<body><b>Hi<\/b><img><\/body>/);

    const asked = async (site: string) => {
      const request = get(id, "?images=1", { cookie, "sec-fetch-site": site });
      const response = await showHtml(app.runtime, request, id);
      return [
        response.headers.get("content-security-policy")?.includes("img-src data: https: http:"),
        await response.text(),
      ];
    };
    expect(await asked("same-origin")).toEqual([true, expect.stringContaining('<img src="https://evil.test/1">')]);
    expect(await asked("cross-site")).toEqual([false, expect.not.stringContaining("evil")]);
  });
});

describe("a mail that is sent from the console", () => {
  const write = (fields: object, formId = newId()) =>
    browser.mutate(
      "mail.send",
      { formId, fields: { agentId: agent.id, subject: "Hello", body: "Hi", ...fields } },
      { cookie },
    );
  const deliver = (id: string) => {
    const here = { deliver: async () => [], close: async () => {} };
    const { gateway } = createMailGateway(app.runtime.config, here);
    return deliverMessage(app.runtime, gateway, { orgId: agent.orgId, messageId: id });
  };

  test("goes out once, however often the form is sent, also at the same moment", async () => {
    const formId = newId();
    const answers = await Promise.all([1, 2, 3].map(() => write({ to: "once@people.test" }, formId)));
    answers.push(await write({ to: "once@people.test" }, formId));
    const ids = answers.map(({ body }) => body.result.data.id);
    expect(new Set(ids).size).toBe(1);
    expect(await subjects({ box: "outbox", query: "once@people.test" })).toEqual(["Hello"]);
    const other = await write({ to: "other@people.test" }, formId);
    expect(other.body.error.data.error.code).toBe("IDEMPOTENCY_BODY_MISMATCH");
    expect((await write({ to: "once@people.test" }, "short")).body.error.data.error.details.fields[0].field).toBe(
      "formId",
    );
  });

  test("shows each attempt in the peer's own words, to each recipient", async () => {
    let isBusy = true;
    host.behave((question) => {
      if (question.stage !== "rcpt") return undefined;
      if (question.to === "gone@people.test") return { code: 550, text: "No such person" };
      return isBusy && question.to === "busy@people.test" ? { code: 451, text: "Call again" } : undefined;
    });
    const to = ["busy@people.test", "gone@people.test", "here@people.test"];
    const sent = (await write({ to })).body.result.data;
    await deliver(sent.id);
    const waiting = await ask("mail.read", { id: sent.id });
    expect(waiting).toMatchObject({ status: "QUEUED" });
    expect(Date.parse(waiting.nextAttemptAt)).toBeGreaterThan(Date.now());
    isBusy = false;
    await deliver(sent.id);
    host.behave();

    const mail = await ask("mail.read", { id: sent.id });
    expect(mail).toMatchObject({ status: "SENT", nextAttemptAt: null });
    expect(
      mail.recipients.map((each: { recipient: string; status: string; attempts: number; lastResponse: string }) => [
        each.recipient,
        each.status,
        each.attempts,
        each.lastResponse,
      ]),
    ).toEqual([
      ["busy@people.test", "SENT", 2, expect.stringMatching(/^250/)],
      ["gone@people.test", "BOUNCED", 1, "550 No such person"],
      ["here@people.test", "SENT", 1, expect.stringMatching(/^250/)],
    ]);
    expect(
      mail.events.map((event: { event: string; data: { to?: string[]; responses?: string[] } }) => [
        event.event,
        event.data.to,
        event.data.responses,
      ]),
    ).toEqual([
      ["email.queued", to, undefined],
      ["email.sent", ["here@people.test"], [expect.stringMatching(/^250/)]],
      ["email.deferred", ["busy@people.test"], ["451 Call again"]],
      ["email.bounced", ["gone@people.test"], ["550 No such person"]],
      ["email.sent", ["busy@people.test"], [expect.stringMatching(/^250/)]],
    ]);
  });

  test("its source is what the peer got, byte for byte", async () => {
    const attachments = [{ filename: "a.bin", content: Buffer.from([0, 1, 2, 255]).toString("base64") }];
    const sent = (await write({ to: "bytes@people.test", subject: "Überraschung", attachments })).body.result.data;
    const before = await (await downloadSource(app.runtime, get(sent.id), sent.id)).text();
    await deliver(sent.id);
    const { raw } = await host.waitForMail((mail) => mail.envelope.to.includes("bytes@people.test"));
    expect(before).toBe(raw.toString());
    expect(await ask("mail.source", { id: sent.id })).toMatchObject({ origin: "written", isCut: false, text: before });
  });

  test("answers and passes on in the thread and the chain of the original", async () => {
    const original = await storeMessage(app, agent, { fromAddress: "carol@people.test" });
    const reply = await browser.mutate(
      "mail.reply",
      { formId: newId(), fields: { id: original.id, body: "Yes" } },
      { cookie },
    );
    expect(reply.body.result.data).toMatchObject({
      threadId: original.threadId,
      correlationId: original.correlationId,
      toAddress: "carol@people.test",
      subject: "Re: Order 4711",
    });
    const mail = { id: original.id, to: "dave@people.test", body: "Look" };
    const forward = await browser.mutate("mail.forward", { formId: newId(), fields: mail }, { cookie });
    expect(forward.body.result.data).toMatchObject({
      correlationId: original.correlationId,
      subject: "Fwd: Order 4711",
    });
  });
});

test("another organisation's mail is not there, and without a session there is nothing", async () => {
  const stranger = await makeAgent(app);
  const message = await storeMessage(app, stranger, { bodyHtml: "<p>secret</p>" });
  const fileId = await storeAttachment(app, message, { filename: "a", mimeType: "text/plain", content: "secret" });
  const { id } = message;
  const mail = { id, body: "x", to: "a@example.com" };
  for (const answer of [
    await browser.query("mail.thread", { id }, { cookie }),
    await browser.query("mail.read", { id }, { cookie }),
    await browser.query("mail.source", { id }, { cookie }),
    await browser.mutate("mail.label", { id, addLabels: ["mine"] }, { cookie }),
    await browser.mutate("mail.reply", { formId: newId(), fields: mail }, { cookie }),
    await browser.mutate("mail.forward", { formId: newId(), fields: mail }, { cookie }),
    await browser.mutate(
      "mail.send",
      { formId: newId(), fields: { ...mail, subject: "x", agentId: stranger.id } },
      { cookie },
    ),
  ]) {
    expect([answer.status, answer.body.error.data.error.code]).toEqual([404, "NOT_FOUND"]);
  }
  expect(await subjects({ agentId: stranger.id, box: "all" })).toEqual([]);
  expect(await ask("mail.overview", { agentId: stranger.id })).toMatchObject({ unread: 0, labels: [] });
  for (const [show, what] of [
    [showHtml, id],
    [downloadSource, id],
    [downloadFile, fileId],
  ] as const) {
    const foreign = await show(app.runtime, get(what), what);
    expect([foreign.status, await foreign.text()]).toEqual([
      404,
      expect.stringMatching(/^NOT_FOUND: There is no such \w+/),
    ]);
    expect((await show(app.runtime, get(what, "", {}), what)).status).toBe(401);
  }
});
