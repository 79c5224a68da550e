import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import type { Page } from "../pagination.ts";
import type { Message } from "./schemas.ts";
import { keyWithScopes, makeAgent, storeAttachment, storeMessage, type TestAgent } from "./test-support.ts";

let app: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  agent = await makeAgent(app);
});

async function list(path: string, key = agent.key): Promise<Page<Message>> {
  const { status, body } = await app.call<Page<Message>>("GET", path, { key });
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** The subjects that a list shows. */
async function subjects(path: string, key = agent.key): Promise<(string | null)[]> {
  return (await list(path, key)).items.map((message) => message.subject);
}

describe("the list of messages", () => {
  it("shows whole messages, newest first, with their attachments", async () => {
    const older = await storeMessage(app, agent, { subject: "older" });
    const newer = await storeMessage(app, agent, { subject: "newer", bodyHtml: "<p>Hello</p>" });
    const attachmentId = await storeAttachment(app, newer, {
      filename: "bill.pdf",
      mimeType: "application/pdf",
      content: "%PDF",
    });

    const { items, pagination } = await list("/v1/messages");

    expect(items.map((message) => message.id)).toEqual([newer.id, older.id]);
    expect(pagination).toEqual({ nextCursor: null, hasMore: false });
    expect(items[0]).toMatchObject({
      agentId: agent.id,
      channel: "EMAIL",
      direction: "INBOUND",
      fromAddress: "alice@example.com",
      toAddress: agent.email,
      body: newer.body,
      bodyHtml: "<p>Hello</p>",
      labels: ["unread"],
      attachments: [{ id: attachmentId, filename: "bill.pdf", mimeType: "application/pdf", sizeBytes: 4 }],
    });
    expect(items[1]?.attachments).toEqual([]);
    expect(items[0]).not.toHaveProperty("rawKey");
  });

  it("ends a page before its messages are too long for one answer, and goes on with the next", async () => {
    // Compresses to nothing, and is twice as long as JSON.
    const bodyHtml = '"'.repeat(5_000_000);
    for (const subject of ["1", "2", "3"]) await storeMessage(app, agent, { subject, bodyHtml });

    const first = await list("/v1/messages?limit=100");
    expect(first.items.map(({ subject }) => subject)).toEqual(["3", "2"]);
    expect(first.pagination.hasMore).toBe(true);
    const second = await list(`/v1/messages?limit=100&cursor=${first.pagination.nextCursor}`);
    expect(second.items.map(({ subject }) => subject)).toEqual(["1"]);
    expect(second.pagination).toEqual({ nextCursor: null, hasMore: false });
  });

  it("leaves spam out unless it is asked for", async () => {
    await storeMessage(app, agent, { subject: "ham" });
    await storeMessage(app, agent, { subject: "spam", labels: ["spam", "unread"] });

    expect(await subjects("/v1/messages")).toEqual(["ham"]);
    expect(await subjects("/v1/messages?includeSpam=false")).toEqual(["ham"]);
    expect(await subjects("/v1/messages?includeSpam=true")).toEqual(["spam", "ham"]);
    expect(await subjects("/v1/messages?labels=spam")).toEqual(["spam"]);
  });

  it("takes the labels that a message must all have in every form of a query", async () => {
    await storeMessage(app, agent, { subject: "both", labels: ["invoice", "unread", "vip"] });
    await storeMessage(app, agent, { subject: "one", labels: ["unread", "vip"] });

    for (const query of [
      "labels[0]=vip&labels[1]=invoice",
      "labels=vip&labels=invoice",
      "labels[]=vip&labels[]=invoice",
      "labels=VIP&labels=Invoice",
    ]) {
      expect(await subjects(`/v1/messages?${query}`), query).toEqual(["both"]);
    }
    expect(await subjects("/v1/messages?labels=vip")).toEqual(["one", "both"]);
  });

  it("takes a range of time in both forms, its ends included", async () => {
    await storeMessage(app, agent, { subject: "2024", createdAt: new Date("2024-06-01T00:00:00Z") });
    await storeMessage(app, agent, { subject: "2025", createdAt: new Date("2025-06-01T00:00:00Z") });
    await storeMessage(app, agent, { subject: "2026", createdAt: new Date("2026-06-01T00:00:00Z") });

    const [from, to] = ["2025-06-01T00:00:00Z", encodeURIComponent("2026-06-01T02:00:00+02:00")];
    expect(await subjects(`/v1/messages?dateRange.from=${from}&dateRange.to=${to}`)).toEqual(["2026", "2025"]);
    expect(await subjects(`/v1/messages?dateRange[from]=${from}`)).toEqual(["2026", "2025"]);
    expect(await subjects(`/v1/messages?dateRange[to]=${from}`)).toEqual(["2025", "2024"]);
    expect(await subjects(`/v1/messages?dateRange.from=2025-06-01T00:00:00.001Z&dateRange.to=${to}`)).toEqual(["2026"]);
  });

  it("filters by channel, direction, status and thread", async () => {
    const mail = await storeMessage(app, agent, { subject: "mail" });
    await storeMessage(app, agent, { subject: "sms", channel: "SMS" });
    await storeMessage(app, agent, { subject: "mms", channel: "MMS" });
    await storeMessage(app, agent, { subject: "bounced", direction: "OUTBOUND", status: "BOUNCED" });

    expect(await subjects("/v1/messages?channel=SMS")).toEqual(["sms"]);
    expect(await subjects("/v1/messages?channels=SMS&channels=MMS")).toEqual(["mms", "sms"]);
    expect(await subjects("/v1/messages?channels[0]=SMS&channel=EMAIL")).toEqual([]);
    expect(await subjects("/v1/messages?direction=OUTBOUND")).toEqual(["bounced"]);
    expect(await subjects("/v1/messages?status=BOUNCED")).toEqual(["bounced"]);
    expect(await subjects(`/v1/messages?threadId=${mail.threadId}`)).toEqual(["mail"]);
  });

  it("filters by sender and recipient, in upper or lower case, and only whole addresses", async () => {
    await storeMessage(app, agent, { subject: "from Bob", fromAddress: "Bob.Jones@Example.com" });
    await storeMessage(app, agent, {
      subject: "to two",
      direction: "OUTBOUND",
      fromAddress: agent.email,
      to: ["carol@example.com", "Dave@example.com"],
    });

    expect(await subjects("/v1/messages?fromAddress=bob.jones@example.com")).toEqual(["from Bob"]);
    expect(await subjects("/v1/messages?toAddress=DAVE@EXAMPLE.COM")).toEqual(["to two"]);
    expect(await subjects("/v1/messages?fromAddress=jones@example.com")).toEqual([]);
    expect(await subjects("/v1/messages?toAddress=bob.jones@example.com")).toEqual([]);
  });

  it("filters by any address that a stranger may have", async () => {
    for (const fromAddress of [
      "o'brien@example.com",
      "back\\slash@example.com",
      '"a & b:*"@example.com',
      "büro@example.com",
    ]) {
      await storeMessage(app, agent, { subject: "x <b", fromAddress, body: `c> not from:${fromAddress}` });
      expect(
        (await list(`/v1/messages?fromAddress=${encodeURIComponent(fromAddress)}`)).items,
        fromAddress,
      ).toHaveLength(1);
    }
    await storeMessage(app, agent, { fromAddress: "", to: [] });
    expect(await subjects("/v1/messages?fromAddress=nobody@example.com")).toEqual([]);
  });

  it("filters by inbox, named by its id or its address", async () => {
    const colleague = await makeAgent(app, agent);
    const message = await storeMessage(app, agent, { subject: "mine" });
    await storeMessage(app, colleague, { subject: "the colleague's" });

    for (const inbox of [message.inboxId, agent.email, agent.email.toUpperCase()]) {
      expect(await subjects(`/v1/messages?inboxId=${inbox}`, agent.masterKey), `${inbox}`).toEqual(["mine"]);
    }
    expect(await subjects("/v1/messages?inboxId=nobody@agents.test", agent.masterKey)).toEqual([]);
  });

  it("refuses filters that are not understood, naming them", async () => {
    for (const [query, field] of [
      ["limit=101", "limit"],
      ["limit=none", "limit"],
      ["channel=FAX", "channel"],
      ["dateRange.from=yesterday", "dateRange.from"],
      ["includeSpam=perhaps", "includeSpam"],
      ["labels=%24%24", "labels.0"],
      ["cursor=bm9uc2Vuc2U", "cursor"],
    ]) {
      const { status, body } = await app.call("GET", `/v1/messages?${query}`, { key: agent.key });
      expect({ status, body }, query).toMatchObject({
        status: 400,
        body: { code: "VALIDATION_ERROR", details: { fields: [{ field }] } },
      });
    }
  });
});

describe("the list of mails", () => {
  it("has no other channel in it, and takes the filters under the names of its clients", async () => {
    const at = (day: number) => new Date(Date.UTC(2026, 0, day));
    await storeMessage(app, agent, { subject: "first", createdAt: at(1), fromAddress: "bob@example.com" });
    await storeMessage(app, agent, { subject: "second", createdAt: at(2), to: ["carol@example.com"] });
    await storeMessage(app, agent, { subject: "third", createdAt: at(3) });
    await storeMessage(app, agent, { subject: "sms", channel: "SMS" });

    expect(await subjects("/v1/email")).toEqual(["third", "second", "first"]);
    expect(await subjects("/v1/email?channel=SMS")).toEqual(["third", "second", "first"]);
    expect(await subjects("/v1/email?from=bob@example.com")).toEqual(["first"]);
    expect(await subjects("/v1/email?to=carol@example.com")).toEqual(["second"]);
    expect(await subjects("/v1/email?after=2026-01-01T00:00:00Z")).toEqual(["third", "second"]);
    expect(await subjects("/v1/email?before=2026-01-03T00:00:00Z")).toEqual(["second", "first"]);
    expect(await subjects("/v1/email?fromAddress=bob@example.com&limit=5")).toEqual(["first"]);
  });
});

describe("who sees which messages", () => {
  it("shows an agent its own and the master key all of the organisation", async () => {
    const colleague = await makeAgent(app, agent);
    await storeMessage(app, agent, { subject: "mine" });
    await storeMessage(app, colleague, { subject: "the colleague's" });
    await storeMessage(app, await makeAgent(app), { subject: "another organisation's" });

    expect(await subjects("/v1/messages")).toEqual(["mine"]);
    expect(await subjects("/v1/messages", agent.masterKey)).toEqual(["the colleague's", "mine"]);
    expect(await subjects(`/v1/messages?agentId=${agent.id}`, agent.masterKey)).toEqual(["mine"]);
    expect(await app.call("GET", `/v1/messages?agentId=${colleague.id}`, { key: agent.key })).toMatchObject({
      status: 404,
    });
  });

  it("answers a foreign message exactly as a missing one", async () => {
    const colleague = await makeAgent(app, agent);
    const own = await storeMessage(app, agent);
    const sms = await storeMessage(app, agent, { channel: "SMS" });
    const colleagues = await storeMessage(app, colleague);
    const foreign = await storeMessage(app, await makeAgent(app));

    for (const kind of ["messages", "email"]) {
      expect(await app.call("GET", `/v1/${kind}/${own.id}`, { key: agent.key })).toMatchObject({
        status: 200,
        body: { id: own.id, body: own.body },
      });
      const missing = await app.call("GET", `/v1/${kind}/01ARZ3NDEKTSV4RRFFQ69G5FAV`, { key: agent.key });
      for (const [id, key] of [
        [colleagues.id, agent.key],
        [foreign.id, agent.key],
        [foreign.id, agent.masterKey],
      ]) {
        const answer = await app.call("GET", `/v1/${kind}/${id}`, { key: `${key}` });
        expect({ ...answer.body, instance: "", requestId: "" }).toEqual({
          ...missing.body,
          instance: "",
          requestId: "",
        });
      }
    }
    expect(await app.call("GET", `/v1/email/${sms.id}`, { key: agent.key })).toMatchObject({ status: 404 });
    expect(await app.call("GET", `/v1/messages/${sms.id}`, { key: agent.key })).toMatchObject({ status: 200 });
  });

  it("asks for the scope of the route, and puts a refusal on the log", async () => {
    const { id } = await storeMessage(app, agent);
    const [email, messages] = [
      await keyWithScopes(app, agent, ["email:read"]),
      await keyWithScopes(app, agent, ["messages:read"]),
    ];
    for (const [path, allowed, refused, requiredScope] of [
      ["/v1/email", email, messages, "email:read"],
      [`/v1/email/${id}`, email, messages, "email:read"],
      ["/v1/messages", messages, email, "messages:read"],
      [`/v1/messages/${id}`, messages, email, "messages:read"],
    ] as const) {
      expect(await app.call("GET", path, { key: allowed }), path).toMatchObject({ status: 200 });
      expect(await app.call("GET", path, { key: refused }), path).toMatchObject({
        status: 403,
        body: { code: "FORBIDDEN", details: { requiredScope } },
      });
    }
  });
});

describe("the pages of a list", () => {
  it("give every message exactly once, also while new ones arrive", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.boolean(), { maxLength: 10 }),
        fc.integer({ min: 1, max: 7 }),
        async (count, arrivals, limit) => {
          const reader = await makeAgent(app, agent);
          const there: string[] = [];
          for (let i = 0; i < count; i++) there.unshift((await storeMessage(app, reader)).id);

          const seen: string[] = [];
          let cursor: string | null = null;
          let pages = 0;
          do {
            const page: Page<Message> = await list(
              `/v1/messages?limit=${limit}${cursor === null ? "" : `&cursor=${cursor}`}`,
              reader.key,
            );
            seen.push(...page.items.map((message) => message.id));
            expect(page.pagination.hasMore).toBe(page.pagination.nextCursor !== null);
            cursor = page.pagination.nextCursor;
            if (arrivals[pages++]) await storeMessage(app, reader);
          } while (cursor !== null);

          expect(seen).toEqual(there);
        },
      ),
      { numRuns: 25 },
    );
  });
});
