import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { eventsOf } from "../agents/test-support.ts";
import { SCOPES } from "../scopes.ts";
import type { ApiKey } from "./schemas.ts";

type Created = ApiKey & { key: string };
type KeyPage = { items: ApiKey[]; pagination: { nextCursor: string | null; hasMore: boolean } };

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

const create = (body: Record<string, unknown>, key = masterKey) =>
  app.call<Created>("POST", "/v1/api-keys", { key, body });
const patch = (id: string, body: Record<string, unknown>, key = masterKey) =>
  app.call<ApiKey>("PATCH", `/v1/api-keys/${id}`, { key, body });
const remove = (id: string, key = masterKey) => app.call("DELETE", `/v1/api-keys/${id}`, { key });
const list = async (query = "", key = masterKey) =>
  (await app.call<KeyPage>("GET", `/v1/api-keys${query}`, { key })).body;
const statusWith = async (key: string, path = "/v1/orgs/me") => (await app.call("GET", path, { key })).status;
const primaryId = async () =>
  (await list()).items.find(({ isPrimary, kind }) => isPrimary && kind === "MASTER")?.id ?? "";

describe("a new key", () => {
  it("is for the organisation, or for one agent, shown once and stored as a hash", async () => {
    const agent = await app.agent(masterKey);
    const master = await create({ name: "Second master" });
    expect(master).toMatchObject({
      status: 201,
      body: { kind: "MASTER", agentId: null, scopes: ["*"], isPrimary: false, mode: "LIVE", expiresAt: null },
    });
    expect(master.body.key).toMatch(/^mk_/);
    const second = await create({
      name: "For mail",
      agentId: agent.id,
      scopes: ["email:send", "email:read", "email:read"],
    });
    expect(second.body).toMatchObject({ kind: "AGENT", agentId: agent.id, scopes: ["email:read", "email:send"] });
    expect(second.body.key).toMatch(/^ak_/);
    expect(await statusWith(master.body.key)).toBe(200);
    expect(await statusWith(second.body.key)).toBe(200);

    const page = JSON.stringify(await list());
    for (const secret of [master.body.key, second.body.key, agent.key, masterKey]) expect(page).not.toContain(secret);
    const [event] = await eventsOf(app, orgId, { event: "key.created" });
    expect(event).toMatchObject({ channel: "key", agentId: agent.id, data: { kind: "AGENT" }, detail: "For mail" });
    expect(JSON.stringify(event)).not.toContain(second.body.key);
  });

  it("ends when it expires", async () => {
    const expiresAt = new Date(app.clock.now().getTime() + 60_000).toISOString();
    const { body } = await create({ name: "One minute", expiresAt });
    expect(body.expiresAt).toBe(expiresAt);
    expect(await statusWith(body.key)).toBe(200);
    app.clock.advanceSeconds(60);
    expect(await statusWith(body.key)).toBe(401);
  });

  it("notes when it was last used", async () => {
    const { body } = await create({ name: "Used" });
    expect(body.lastUsedAt).toBeNull();
    await statusWith(body.key);
    await expect
      .poll(async () => (await list()).items.find(({ id }) => id === body.id)?.lastUsedAt)
      .toBe(app.clock.now().toISOString());
  });

  it.each([
    ["name", { name: "" }],
    ["scopes", { name: "A", scopes: [] }],
    ["scopes.0", { name: "A", scopes: ["email:everything"] }],
    ["expiresAt", { name: "A", expiresAt: "2020-01-01T00:00:00Z" }],
    ["expiresAt", { name: "A", expiresAt: "tomorrow" }],
    ["expiresAt", { name: "A", expiresAt: "9999-12-31T23:59:59-01:00" }],
    ["mode", { name: "A", mode: "TEST" }],
  ])("is told what is wrong with %s", async (field, body) => {
    expect(await create(body)).toMatchObject({
      status: 400,
      body: { code: "VALIDATION_ERROR", details: { fields: [{ field }] } },
    });
  });

  it("is not made for another organisation's agent", async () => {
    const other = await app.organisation();
    const agent = await app.agent(other.masterKey);
    expect(await create({ name: "A", agentId: agent.id })).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
  });
});

describe("the list of keys", () => {
  it("is read in pages, for one agent, and with revoked ones where they are asked for", async () => {
    const agent = await app.agent(masterKey);
    const extra = await create({ name: "Extra", agentId: agent.id });
    expect((await list(`?agentId=${agent.id}`)).items.map(({ name }) => name)).toEqual(["Extra", "Agent key"]);
    await remove(extra.body.id);
    expect((await list(`?agentId=${agent.id}`)).items.map(({ name }) => name)).toEqual(["Agent key"]);
    const all = await list(`?agentId=${agent.id}&includeRevoked=true`);
    expect(all.items[0]).toMatchObject({ name: "Extra", revokedAt: app.clock.now().toISOString() });

    const first = await list("?limit=1");
    expect(first).toMatchObject({ items: [{ name: "Agent key" }], pagination: { hasMore: true } });
    const second = await list(`?limit=1&cursor=${first.pagination.nextCursor}`);
    expect(second).toMatchObject({ items: [{ name: "Master key" }], pagination: { hasMore: false } });
  });
});

describe("a key that is changed", () => {
  it("has its new scopes and expiry at once", async () => {
    const agent = await app.agent(masterKey);
    const { body } = await create({ name: "Wide", agentId: agent.id });
    expect(await statusWith(body.key, "/v1/agents")).toBe(200);
    const expiresAt = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    expect(await patch(body.id, { name: "Narrow", scopes: ["email:send"], expiresAt })).toMatchObject({
      status: 200,
      body: { name: "Narrow", scopes: ["email:send"], expiresAt },
    });
    expect(await statusWith(body.key, "/v1/agents")).toBe(403);
    expect((await patch(body.id, { expiresAt: null })).body.expiresAt).toBeNull();
    const [, event] = await eventsOf(app, orgId, { event: "key.updated" });
    expect(event).toMatchObject({ data: { scopes: ["email:send"], expiresAt }, detail: "Narrow" });
    expect(await patch(body.id, { expiresAt: "2020-01-01T00:00:00Z" })).toMatchObject({ status: 400 });
  });

  it("may be replaced: the new one can do the same, the old one nothing", async () => {
    const agent = await app.agent(masterKey);
    const { body: old } = await create({ name: "Mail", agentId: agent.id, scopes: ["email:send"] });
    const { status, body } = await app.call<Created>("POST", `/v1/api-keys/${old.id}/rotate`, { key: masterKey });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: "Mail", agentId: agent.id, scopes: ["email:send"], isPrimary: false });
    expect(await statusWith(old.key)).toBe(401);
    expect(await statusWith(body.key)).toBe(200);
    const [event] = await eventsOf(app, orgId, { event: "key.rotated" });
    expect(event).toMatchObject({ resourceId: body.id, data: { revokedKeyId: old.id } });
    expect((await app.call("POST", `/v1/api-keys/${old.id}/rotate`, { key: masterKey })).status).toBe(404);
  });

  it("keeps its expiry when it is rotated, unless that has passed", async () => {
    const expiresAt = new Date(app.clock.now().getTime() + 60_000).toISOString();
    const { body: old } = await create({ name: "For a minute", expiresAt });
    const rotate = (id: string) => app.call<Created>("POST", `/v1/api-keys/${id}/rotate`, { key: masterKey });
    const second = await rotate(old.id);
    expect(second.body.expiresAt).toBe(expiresAt);
    app.clock.advanceSeconds(61);
    const third = await rotate(second.body.id);
    expect(third.body.expiresAt).toBeNull();
    expect(await statusWith(third.body.key)).toBe(200);
  });

  it("may be revoked, also by itself, once", async () => {
    const { body } = await create({ name: "Short" });
    expect(await remove(body.id, body.key)).toMatchObject({ status: 200, body: { success: true } });
    expect(await statusWith(body.key)).toBe(401);
    expect((await remove(body.id)).status).toBe(404);
    const [event] = await eventsOf(app, orgId, { event: "key.revoked" });
    expect(event).toMatchObject({ resourceId: body.id, actorId: body.id, detail: "Short" });
  });
});

describe("the last master key with every scope", () => {
  const conflict = { status: 409, body: { code: "CONFLICT", details: { resource: "api_key" } } };

  it("can be neither revoked, nor narrowed, nor given an end", async () => {
    await create({ name: "Not every scope", scopes: ["agents:read"] });
    const soon = new Date(app.clock.now().getTime() + 60_000).toISOString();
    await create({ name: "Expired", expiresAt: soon });
    app.clock.advanceSeconds(61);
    const id = await primaryId();
    expect(await remove(id)).toMatchObject(conflict);
    expect(await patch(id, { scopes: ["agents:read"] })).toMatchObject(conflict);
    expect(await patch(id, { expiresAt: "2099-01-01T00:00:00Z" })).toMatchObject(conflict);
    expect(await patch(id, { name: "Renamed" })).toMatchObject({ status: 200, body: { name: "Renamed" } });
    expect(await statusWith(masterKey)).toBe(200);
  });

  it("stays when two keys are revoked at the same instant", async () => {
    const { body: second } = await create({ name: "Second" });
    const answers = await Promise.all([remove(await primaryId()), remove(second.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe("keys", () => {
  it("are managed with a master key that has every scope", async () => {
    const agent = await app.agent(masterKey);
    const limited = await create({ name: "Limited", scopes: SCOPES.filter((scope) => scope !== "*") });
    const calls: [string, string][] = [
      ["GET", "/v1/api-keys"],
      ["POST", "/v1/api-keys"],
      ["PATCH", `/v1/api-keys/${limited.body.id}`],
      ["DELETE", `/v1/api-keys/${limited.body.id}`],
      ["POST", `/v1/api-keys/${limited.body.id}/rotate`],
      ["POST", `/v1/orgs/${orgId}/rotate-key`],
    ];
    for (const [method, path] of calls) {
      expect(await app.call(method, path, { key: agent.key })).toMatchObject({
        status: 403,
        body: { code: "MASTER_KEY_REQUIRED" },
      });
      expect(await app.call(method, path, { key: limited.body.key })).toMatchObject({
        status: 403,
        body: { code: "FORBIDDEN", details: { requiredScope: "*" } },
      });
      expect(await app.call(method, path)).toMatchObject({ status: 401 });
    }
    expect(await eventsOf(app, orgId, { event: "key.access.refused" })).toHaveLength(2 * calls.length);
  });

  it("of another organisation are not there, nor are the platform's own", async () => {
    const other = await app.organisation();
    const { body } = await create({ name: "Mine" });
    expect((await patch(body.id, { name: "Theirs" }, other.masterKey)).status).toBe(404);
    expect((await remove(body.id, other.masterKey)).status).toBe(404);
    const rotated = await app.call("POST", `/v1/api-keys/${body.id}/rotate`, { key: other.masterKey });
    expect(rotated.status).toBe(404);
    await app.runtime.db.prisma.apiKey.updateMany({ where: { orgId, id: body.id }, data: { kind: "SERVICE" } });
    expect((await remove(body.id)).status).toBe(404);
    expect((await list()).items).toHaveLength(1);
  });

  it("may have these scopes", async () => {
    const { body } = await app.call<{ scopes: { scope: string; description: string }[] }>(
      "GET",
      "/v1/api-keys/scopes",
      {
        key: (await app.agent(masterKey)).key,
      },
    );
    expect(body.scopes.map(({ scope }) => scope)).toEqual([...SCOPES]);
  });
});
