import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { z } from "zod";
import { newId } from "#server/platform/ids.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { keyWithScopes, makeAgent, storeMessage, type TestAgent } from "../messages/test-support.ts";
import type { ThreadPage, ThreadWithMessages } from "./schemas.ts";

let app: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  agent = await makeAgent(app);
});

/** Stores a thread as the mail path leaves it, its last message on that day of January. @returns its id */
async function storeThread(day: number, owner = agent, channel = "EMAIL"): Promise<string> {
  const id = newId();
  await app.runtime.db.prisma.thread.create({
    data: {
      orgId: owner.orgId,
      id,
      agentId: owner.id,
      channel,
      subject: `Day ${day}`,
      participants: ["alice@example.com", owner.email],
      messageCount: 2,
      lastMessageAt: new Date(Date.UTC(2026, 0, day)),
      lastMessageSnippet: "where is my parcel?",
      lastMessageDirection: "INBOUND",
    },
  });
  return id;
}

async function list(query = "", key = agent.key): Promise<z.infer<typeof ThreadPage>> {
  const { status, body } = await app.call<z.infer<typeof ThreadPage>>("GET", `/v1/threads${query}`, { key });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

const idsOf = (page: z.infer<typeof ThreadPage>) => page.items.map((thread) => thread.threadId);

it("lists threads, the one with the newest message first", async () => {
  const [first, third, second] = [await storeThread(1), await storeThread(3), await storeThread(2)];

  const page = await list();

  expect(idsOf(page)).toEqual([third, second, first]);
  expect(page.pagination).toEqual({ limit: 20, offset: 0, hasMore: false, nextCursor: null });
  expect(page.items[0]).toEqual({
    threadId: third,
    agentId: agent.id,
    channel: "EMAIL",
    subject: "Day 3",
    participants: ["alice@example.com", agent.email],
    messageCount: 2,
    lastMessageAt: "2026-01-03T00:00:00.000Z",
    lastMessageSnippet: "where is my parcel?",
    lastMessageDirection: "INBOUND",
  });
});

it("is read by offset, which is bounded", async () => {
  const ids = [await storeThread(3), await storeThread(2), await storeThread(1)];
  const first = await list("?limit=2");
  expect(idsOf(first)).toEqual(ids.slice(0, 2));
  expect(first.pagination.hasMore).toBe(true);
  const second = await list("?limit=2&offset=2");
  expect(idsOf(second)).toEqual(ids.slice(2));
  expect(second.pagination.hasMore).toBe(false);
  expect(await app.call("GET", "/v1/threads?offset=10001", { key: agent.key })).toMatchObject({
    status: 400,
    body: { details: { fields: [{ field: "offset" }] } },
  });
});

it("filters by channel and agent, and shows an agent only its own", async () => {
  const colleague = await makeAgent(app, agent);
  const [mail, sms] = [await storeThread(1), await storeThread(2, agent, "SMS")];
  const colleagues = await storeThread(3, colleague);
  const foreign = await storeThread(4, await makeAgent(app));

  expect(idsOf(await list("?channel=SMS"))).toEqual([sms]);
  expect(idsOf(await list())).toEqual([sms, mail]);
  expect(idsOf(await list("", agent.masterKey))).toEqual([colleagues, sms, mail]);
  expect(idsOf(await list(`?agentId=${colleague.id}`, agent.masterKey))).toEqual([colleagues]);
  expect(await app.call("GET", `/v1/threads?agentId=${colleague.id}`, { key: agent.key })).toMatchObject({
    status: 404,
  });
  for (const [id, key] of [
    [colleagues, agent.key],
    [foreign, agent.masterKey],
    [newId(), agent.key],
  ] as const) {
    expect(await app.call("GET", `/v1/threads/${id}`, { key })).toMatchObject({ status: 404 });
  }
});

it("shows one thread with its messages, oldest first, those of the organisation alone", async () => {
  const threadId = await storeThread(2);
  const question = await storeMessage(app, agent, { threadId });
  const answer = await storeMessage(app, agent, { threadId, direction: "OUTBOUND", labels: ["read", "spam"] });
  await storeMessage(app, agent);
  await storeMessage(app, await makeAgent(app), { threadId });

  const { status, body } = await app.call<z.infer<typeof ThreadWithMessages>>("GET", `/v1/threads/${threadId}`, {
    key: agent.key,
  });
  expect(status).toBe(200);
  expect(body.threadId).toBe(threadId);
  expect(body.messages.map((message) => message.id)).toEqual([question.id, answer.id]);
});

it("needs messages:read", async () => {
  const threadId = await storeThread(1);
  const key = await keyWithScopes(app, agent, ["email:read"]);
  for (const path of ["/v1/threads", `/v1/threads/${threadId}`]) {
    expect(await app.call("GET", path, { key })).toMatchObject({
      status: 403,
      body: { details: { requiredScope: "messages:read" } },
    });
  }
});
