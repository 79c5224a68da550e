import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { eventsOf } from "../agents/test-support.ts";
import type { Inbox } from "./schemas.ts";

type InboxPage = { items: Inbox[]; pagination: { nextCursor: string | null; hasMore: boolean } };

let app: TestApp;
let orgId: string;
let masterKey: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ orgId, masterKey } = await app.organisation());
});

const create = (body: Record<string, unknown> = {}, key = masterKey) =>
  app.call<Inbox>("POST", "/v1/inboxes", { key, body });
const get = (id: string, key = masterKey) => app.call<Inbox>("GET", `/v1/inboxes/${encodeURIComponent(id)}`, { key });
const patch = (id: string, body: Record<string, unknown>, key = masterKey) =>
  app.call<Inbox>("PATCH", `/v1/inboxes/${id}`, { key, body });
const remove = (id: string, key = masterKey) => app.call("DELETE", `/v1/inboxes/${id}`, { key });
const list = async (query = "", key = masterKey) =>
  (await app.call<InboxPage>("GET", `/v1/inboxes${query}`, { key })).body;

describe("a new inbox", () => {
  it("has the address that is asked for, and is found by it", async () => {
    const { status, body } = await create({ username: "News.Desk", domain: "AGENTS.test", displayName: "News desk" });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      email: "news.desk@agents.test",
      domain: "agents.test",
      localPart: "news.desk",
      displayName: "News desk",
      agentId: null,
      createdAt: app.clock.now().toISOString(),
    });
    expect((await get(body.id)).body).toEqual(body);
    expect((await get("News.Desk@agents.test")).body).toEqual(body);
    const [event] = await eventsOf(app, orgId, { event: "inbox.created" });
    expect(event).toMatchObject({ channel: "email", resourceId: body.id, detail: "news.desk@agents.test" });
  });

  it("may have any address, and may be for an agent that has none", async () => {
    expect((await create()).body.email).toMatch(/^inbox-[0-9]{6}@agents\.test$/);
    const agent = await app.agent(masterKey);
    expect(await create({ agentId: agent.id })).toMatchObject({ status: 409, body: { details: { field: "agentId" } } });
    await remove(agent.email);
    const { body } = await create({ agentId: agent.id });
    expect(body.agentId).toBe(agent.id);
    expect(body.email).not.toBe(agent.email);
    expect((await list("", agent.key)).items.map(({ id }) => id)).toEqual([body.id]);
  });

  it("never has an address that somebody has or had, or that is reserved", async () => {
    const { body } = await create({ username: "once" });
    const other = await app.organisation();
    const conflict = { status: 409, body: { code: "CONFLICT", details: { field: "username" } } };
    expect(await create({ username: "once" }, other.masterKey)).toMatchObject(conflict);
    await remove(body.id);
    expect(await create({ username: "once" })).toMatchObject(conflict);
    expect(await create({ username: "abuse" })).toMatchObject(conflict);
  });

  it.each([
    ["username", { username: "a b" }],
    ["username", { username: "a".repeat(65) }],
    ["domain", { domain: "elsewhere.test" }],
    ["displayName", { displayName: "" }],
  ])("is told what is wrong with %s", async (field, body) => {
    expect(await create(body)).toMatchObject({
      status: 400,
      body: { code: "VALIDATION_ERROR", details: { fields: [{ field }] } },
    });
  });
});

describe("an inbox", () => {
  it("moves between agents, of which none has two", async () => {
    const one = await app.agent(masterKey);
    const two = await app.agent(masterKey);
    const { body: ofOne } = await get(one.email);
    expect(await patch(ofOne.id, { agentId: two.id })).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
    expect(await patch(ofOne.id, { agentId: null })).toMatchObject({ status: 200, body: { agentId: null } });
    expect(await patch(ofOne.id, { agentId: two.id })).toMatchObject({ status: 409 });
    await remove(two.email);
    expect(await patch(ofOne.id, { agentId: two.id })).toMatchObject({ status: 200, body: { agentId: two.id } });
    expect(await app.runtime.directory.agent(orgId, two.id)).toMatchObject({ inbox: { email: one.email } });
    expect(await app.runtime.directory.agent(orgId, one.id)).toMatchObject({ inbox: null });

    const events = await eventsOf(app, orgId);
    const ofInbox = events.filter(({ resourceId }) => resourceId === ofOne.id);
    expect(ofInbox.map(({ event, agentId }) => [event, agentId])).toEqual([
      ["inbox.attached", two.id],
      ["inbox.detached", one.id],
    ]);
  });

  it("belongs to one agent when two take it at the same instant", async () => {
    const { body } = await create();
    const [one, two] = [await app.agent(masterKey), await app.agent(masterKey)];
    for (const { email } of [one, two]) await remove(email);
    const answers = await Promise.all([patch(body.id, { agentId: one.id }), patch(body.id, { agentId: two.id })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it("has a name that can be changed and removed", async () => {
    const { body } = await create();
    expect((await patch(body.id, { displayName: "Desk" })).body.displayName).toBe("Desk");
    expect((await patch(body.id, { displayName: null })).body.displayName).toBeNull();
    expect(await eventsOf(app, orgId, { event: "inbox.updated" })).toHaveLength(2);
  });

  it("is gone when it is deleted", async () => {
    const agent = await app.agent(masterKey);
    const { body } = await get(agent.email);
    expect(await remove(body.id)).toMatchObject({ status: 200, body: { success: true } });
    for (const answer of [await get(body.id), await remove(body.id), await patch(body.id, { displayName: "No" })]) {
      expect(answer).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
    }
    const [event] = await eventsOf(app, orgId, { event: "inbox.deleted" });
    expect(event).toMatchObject({ agentId: agent.id, detail: agent.email });
    const { body: view } = await app.call("GET", `/v1/agents/${agent.id}`, { key: masterKey });
    expect(view).toMatchObject({
      emailIdentities: [],
      readiness: { canSendEmail: false, canReceiveEmail: false, blockers: [{ code: "NO_INBOX" }, {}, {}] },
    });
  });

  it("is seen by its own agent and organisation only, and changed by the master key only", async () => {
    const agent = await app.agent(masterKey);
    const sibling = await app.agent(masterKey);
    const other = await app.organisation();
    expect((await get(agent.email, agent.key)).status).toBe(200);
    for (const key of [sibling.key, other.masterKey]) expect((await get(agent.email, key)).status).toBe(404);
    expect((await list("", sibling.key)).items.map(({ email }) => email)).toEqual([sibling.email]);
    expect((await list("", other.masterKey)).items).toEqual([]);
    expect((await patch(agent.email, { displayName: "Theirs" }, other.masterKey)).status).toBe(404);
    expect((await remove(agent.email, other.masterKey)).status).toBe(404);
    const foreignAgent = await app.agent(other.masterKey);
    const { body } = await create();
    expect((await patch(body.id, { agentId: foreignAgent.id })).status).toBe(404);
    expect((await create({ agentId: foreignAgent.id })).status).toBe(404);

    const refused = { status: 403, body: { code: "MASTER_KEY_REQUIRED" } };
    expect(await create({}, agent.key)).toMatchObject(refused);
    expect(await patch(agent.email, { displayName: "Mine" }, agent.key)).toMatchObject(refused);
    expect(await remove(agent.email, agent.key)).toMatchObject(refused);
    const limited = await app.call<{ key: string }>("POST", "/v1/api-keys", {
      key: masterKey,
      body: { name: "Limited", scopes: ["inbox:read"] },
    });
    expect(await create({}, limited.body.key)).toMatchObject({
      status: 403,
      body: { code: "FORBIDDEN", details: { requiredScope: "inbox:write" } },
    });
    expect((await list("", limited.body.key)).items).toHaveLength(3);
  });

  it("is listed in pages and found by a part of its address", async () => {
    for (const username of ["pages-a", "pages-b", "other-c"]) await create({ username });
    const first = await list("?limit=2");
    expect(first.items.map(({ localPart }) => localPart)).toEqual(["other-c", "pages-b"]);
    const second = await list(`?limit=2&cursor=${first.pagination.nextCursor}`);
    expect(second).toMatchObject({ items: [{ localPart: "pages-a" }], pagination: { hasMore: false } });
    expect((await list("?query=PAGES")).items).toHaveLength(2);
  });
});
