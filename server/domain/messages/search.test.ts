import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import type { Page } from "../pagination.ts";
import type { Message } from "./schemas.ts";
import { keyWithScopes, makeAgent, storeMessage, type TestAgent } from "./test-support.ts";

let app: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  agent = await makeAgent(app);
});

async function search(body: object, key = agent.key): Promise<Page<Message>> {
  const answer = await app.call<Page<Message>>("POST", "/v1/messages/search", { key, body });
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const subjects = (page: Page<Message>) => page.items.map((message) => message.subject);

it("finds messages by words of subject, text and addresses, newest first", async () => {
  await storeMessage(app, agent, { subject: "Parcel delayed", body: "It comes on Tuesday." });
  await storeMessage(app, agent, { subject: "Hello", body: "Any news of the PARCEL?", fromAddress: "bob@example.com" });
  await storeMessage(app, agent, { subject: "Lunch", body: "At noon", to: ["carol@example.net"] });

  expect(subjects(await search({ query: "parcel" }))).toEqual(["Hello", "Parcel delayed"]);
  expect(subjects(await search({ query: "parcel tuesday" }))).toEqual(["Parcel delayed"]);
  expect(subjects(await search({ query: "parcel -tuesday" }))).toEqual(["Hello"]);
  expect(subjects(await search({ query: "tuesday or noon" }))).toEqual(["Lunch", "Parcel delayed"]);
  expect(subjects(await search({ query: '"news of the parcel"' }))).toEqual(["Hello"]);
  expect(subjects(await search({ query: "bob@example.com" }))).toEqual(["Hello"]);
  expect(subjects(await search({ query: "carol@example.net" }))).toEqual(["Lunch"]);
  expect(subjects(await search({ query: "Pfad" }))).toEqual([]);
});

it("takes any text as a query", async () => {
  await storeMessage(app, agent);
  for (const query of ["???", "'); DROP TABLE message; --", "a & b | !c:*", '"unbalanced', "日本語", "🙂"]) {
    expect(subjects(await search({ query })), query).toEqual([]);
  }
  expect(await app.call("POST", "/v1/messages/search", { key: agent.key, body: { query: " " } })).toMatchObject({
    status: 400,
    body: { details: { fields: [{ field: "query" }] } },
  });
});

it("narrows by the filters of the lists", async () => {
  await storeMessage(app, agent, { subject: "vip", labels: ["unread", "vip"] });
  await storeMessage(app, agent, { subject: "spam", labels: ["spam", "unread"] });
  await storeMessage(app, agent, {
    subject: "sent",
    direction: "OUTBOUND",
    createdAt: new Date("2026-02-01T00:00:00Z"),
  });

  expect(subjects(await search({ query: "parcel" }))).toEqual(["vip", "sent"]);
  expect(subjects(await search({ query: "parcel", filters: { labels: ["vip"] } }))).toEqual(["vip"]);
  expect(subjects(await search({ query: "parcel", filters: { direction: "OUTBOUND" } }))).toEqual(["sent"]);
  expect(subjects(await search({ query: "parcel", filters: { includeSpam: true, direction: "INBOUND" } }))).toEqual([
    "spam",
    "vip",
  ]);
  const dateRange = { from: "2026-01-01T00:00:00Z", to: "2026-03-01T00:00:00Z" };
  expect(subjects(await search({ query: "parcel", filters: { dateRange } }))).toEqual(["sent"]);
});

it("is read in pages, also by a client that names its pagination wrongly", async () => {
  for (const subject of ["one", "two", "three"]) await storeMessage(app, agent, { subject });

  const first = await search({ query: "parcel", filters: null, pagination: { limit: 2 } });
  expect(subjects(first)).toEqual(["three", "two"]);
  const second = await search({ query: "parcel", pagination: { limit: 2, cursor: first.pagination.nextCursor } });
  expect(subjects(second)).toEqual(["one"]);
  expect(second.pagination).toEqual({ nextCursor: null, hasMore: false });

  const go = await search({ query: "parcel", filters: {}, pagination: { Cursor: "", Limit: 0 } });
  expect(subjects(go)).toEqual(["three", "two", "one"]);
  expect(subjects(await search({ query: "parcel", pagination: { cursor: "", limit: 0 } }))).toHaveLength(3);
  expect(subjects(await search({ query: "parcel", pagination: { cursor: null } }))).toHaveLength(3);
});

it("finds nothing of another agent or organisation, and needs its scope", async () => {
  const colleague = await makeAgent(app, agent);
  await storeMessage(app, colleague);
  await storeMessage(app, await makeAgent(app));

  expect(subjects(await search({ query: "parcel" }))).toEqual([]);
  expect(subjects(await search({ query: "parcel" }, agent.masterKey))).toHaveLength(1);
  const key = await keyWithScopes(app, agent, ["messages:read"]);
  expect(await app.call("POST", "/v1/messages/search", { key, body: { query: "parcel" } })).toMatchObject({
    status: 403,
    body: { details: { requiredScope: "messages:search" } },
  });
});
