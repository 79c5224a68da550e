import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { requireActive } from "./resolve.ts";
import type { Agent } from "./schemas.ts";
import { eventsOf } from "./test-support.ts";

type AgentPage = { items: Agent[]; pagination: { nextCursor: string | null; hasMore: boolean } };

let app: TestApp;
let orgId: string;
let masterKey: string;

beforeAll(async () => {
  app = await startTestApp();
  ({ orgId, masterKey } = await app.organisation());
});
afterAll(() => app.close());

const list = (query: string, key: string) => app.call<AgentPage>("GET", `/v1/agents${query}`, { key });
const patch = (id: string, body: Record<string, unknown>, key = masterKey) =>
  app.call("PATCH", `/v1/agents/${id}`, { key, body });

/** A key for an agent, or the organisation, that can do no more than the scopes say. */
async function keyWith(scopes: string[], agentId?: string): Promise<string> {
  const body = { name: "Limited", scopes, ...(agentId ? { agentId } : {}) };
  const answer = await app.call<{ key: string }>("POST", "/v1/api-keys", { key: masterKey, body });
  expect(answer.status).toBe(201);
  return answer.body.key;
}

describe("the list of agents", () => {
  it("is read in pages, newest first, and found by name or status", async () => {
    const { masterKey: key } = await app.organisation();
    const made = [];
    for (const name of ["alpha-one", "alpha-two", "beta"]) made.push(await app.agent(key, name));
    const first = await list("?limit=2", key);
    expect(first.body.items.map(({ name }) => name)).toEqual(["beta", "alpha-two"]);
    expect(first.body.pagination.hasMore).toBe(true);
    const second = await list(`?limit=2&cursor=${first.body.pagination.nextCursor}`, key);
    expect(second.body.items.map(({ name }) => name)).toEqual(["alpha-one"]);
    expect(second.body.pagination).toEqual({ nextCursor: null, hasMore: false });

    expect((await list("?query=ALPHA", key)).body.items).toHaveLength(2);
    await patch(made[0]?.id ?? "", { status: "PAUSED" }, key);
    expect((await list("?status=PAUSED", key)).body.items.map(({ name }) => name)).toEqual(["alpha-one"]);
    await app.call("DELETE", `/v1/agents/${made[2]?.id}`, { key });
    expect((await list("", key)).body.items).toHaveLength(2);
    expect((await list("?status=DELETED", key)).body.items).toMatchObject([
      { name: "beta", emailIdentities: [], readiness: { canReceiveEmail: false } },
    ]);
    expect((await app.call<AgentPage>("GET", "/v1/me/agents", { key })).body.items).toHaveLength(2);
  });

  it("shows an agent itself only, and nobody another organisation's", async () => {
    const one = await app.agent(masterKey);
    const two = await app.agent(masterKey);
    expect((await list("", one.key)).body.items.map(({ id }) => id)).toEqual([one.id]);
    expect((await list("", two.key)).body.items.map(({ id }) => id)).toEqual([two.id]);
    const other = await app.organisation();
    expect((await list("", other.masterKey)).body.items).toEqual([]);
    expect(await list(`?orgId=${orgId}`, other.masterKey)).toMatchObject({ status: 404 });
    expect(await list("?cursor=nonsense", masterKey)).toMatchObject({ status: 400 });
  });
});

describe("an agent", () => {
  it("is not there for another agent or organisation, as if it did not exist", async () => {
    const agent = await app.agent(masterKey);
    const sibling = await app.agent(masterKey);
    const other = await app.organisation();
    const foreignAgent = await app.agent(other.masterKey);
    const missing = await app.call("GET", "/v1/agents/01JZZZZZZZZZZZZZZZZZZZZZZZ", { key: other.masterKey });
    for (const key of [sibling.key, other.masterKey, foreignAgent.key]) {
      const { status, body } = await app.call("GET", `/v1/agents/${agent.id}`, { key });
      expect(status).toBe(404);
      expect({ code: body.code, detail: body.detail }).toEqual({ code: "NOT_FOUND", detail: missing.body.detail });
      expect((await patch(agent.id, { name: "Stolen" }, key)).status).toBe(404);
    }
    for (const [method, path] of [
      ["DELETE", `/v1/agents/${agent.id}`],
      ["POST", `/v1/agents/${agent.id}/rotate-key`],
    ] as const) {
      expect((await app.call(method, path, { key: other.masterKey })).status).toBe(404);
      expect((await app.call(method, path, { key: sibling.key })).body).toMatchObject({ code: "MASTER_KEY_REQUIRED" });
    }
    expect((await app.call("GET", `/v1/agents/${agent.id}`, { key: agent.key })).status).toBe(200);
  });

  it("changes its own name and data, but not its status", async () => {
    const agent = await app.agent(masterKey);
    const renamed = await patch(agent.id, { name: "New name", metadata: { mood: "good" } }, agent.key);
    expect(renamed).toMatchObject({ status: 200, body: { name: "New name", metadata: { mood: "good" } } });
    expect(await patch(agent.id, { status: "PAUSED" }, agent.key)).toMatchObject({
      status: 403,
      body: { code: "MASTER_KEY_REQUIRED" },
    });
    const events = await eventsOf(app, orgId, { agentId: agent.id });
    expect(events.map(({ event, result }) => [event, result])).toEqual([
      ["key.access.refused", "DENIED"],
      ["agent.updated", "SUCCESS"],
      ["agent.created", "SUCCESS"],
    ]);
    expect(events[1]).toMatchObject({ actorType: "AGENT", data: { fields: ["name", "metadata"] } });
  });

  it("does nothing that its key has no scope for", async () => {
    const agent = await app.agent(masterKey);
    const reader = await keyWith(["agents:read"], agent.id);
    expect((await app.call("GET", `/v1/agents/${agent.id}`, { key: reader })).status).toBe(200);
    expect(await patch(agent.id, { name: "No" }, reader)).toMatchObject({
      status: 403,
      body: { code: "FORBIDDEN", details: { requiredScope: "agents:write" } },
    });
    const sender = await keyWith(["email:send"], agent.id);
    expect(await list("", sender)).toMatchObject({ status: 403, body: { details: { requiredScope: "agents:read" } } });
  });

  it("is paused and resumed by its operator, which the directory knows at once", async () => {
    const agent = await app.agent(masterKey);
    const seen = () => app.runtime.directory.agent(orgId, agent.id);
    expect(await seen()).toMatchObject({ status: "ACTIVE" });

    expect((await patch(agent.id, { status: "PAUSED" })).body).toMatchObject({
      status: "PAUSED",
      readiness: { canSendEmail: false, canReceiveEmail: true, blockers: [{ code: "AGENT_PAUSED" }, {}, {}] },
    });
    const paused = await seen();
    expect(() => paused && requireActive(paused)).toThrow(expect.objectContaining({ code: "AGENT_PAUSED" }));
    await patch(agent.id, { status: "PAUSED" });
    expect((await patch(agent.id, { status: "ACTIVE" })).body).toMatchObject({ status: "ACTIVE" });
    expect(await seen()).toMatchObject({ status: "ACTIVE" });

    const events = await eventsOf(app, orgId, { agentId: agent.id });
    expect(events.map(({ event }) => event)).toEqual(["agent.resumed", "agent.paused", "agent.created"]);
    expect(await patch(agent.id, { status: "DELETED" })).toMatchObject({ status: 400 });
  });

  it("cannot take the slug of another one", async () => {
    const one = await app.agent(masterKey, "slug-one");
    await app.agent(masterKey, "slug-two");
    expect(await patch(one.id, { slug: "slug-two" })).toMatchObject({
      status: 409,
      body: { details: { field: "slug" } },
    });
    expect(await patch(one.id, { slug: "slug-one" })).toMatchObject({ status: 200 });
    expect(await patch(one.id, { slug: "slug-three" })).toMatchObject({ status: 200, body: { slug: "slug-three" } });
  });

  it("is gone when it is deleted: its keys, its inbox, but not its past, and its address is nobody's", async () => {
    const agent = await app.agent(masterKey, "short-lived");
    const second = await keyWith(["*"], agent.id);
    expect(
      await app.call("DELETE", `/v1/agents/${agent.id}`, { key: masterKey, body: { id: agent.id } }),
    ).toMatchObject({
      status: 200,
      body: { success: true },
    });
    for (const key of [agent.key, second]) expect((await app.call("GET", "/v1/orgs/me", { key })).status).toBe(401);
    for (const method of ["GET", "DELETE"]) {
      expect((await app.call(method, `/v1/agents/${agent.id}`, { key: masterKey })).status).toBe(404);
    }
    expect((await app.call("GET", `/v1/inboxes/${agent.email}`, { key: masterKey })).status).toBe(404);
    const heir = { name: "Heir", email: agent.email };
    expect((await app.call("POST", "/v1/agents", { key: masterKey, body: heir })).status).toBe(409);
    const [event] = await eventsOf(app, orgId, { agentId: agent.id, event: "agent.deleted" });
    expect(event).toMatchObject({ data: { keysRevoked: 2 }, detail: "short-lived" });
  });
});
