import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRuntime } from "#server/runtime.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { SOONER_THAN_FORGOTTEN, waitFor } from "../../../test/support/wait.ts";
import { eventsOf } from "../agents/test-support.ts";
import { openTransaction } from "../transaction.ts";
import { createOrganization } from "./create.ts";

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

const statusWith = async (key: string) => (await app.call("GET", "/v1/orgs/me", { key })).status;
const patch = (body: Record<string, unknown>, key = masterKey, id = orgId) =>
  app.call("PATCH", `/v1/orgs/${id}`, { key, body });

describe("an organisation", () => {
  it("is all that its keys see, in the form that existing clients read", async () => {
    const agent = await app.agent(masterKey);
    for (const key of [masterKey, agent.key]) {
      const { body: one } = await app.call("GET", `/v1/orgs/${orgId}`, { key });
      expect(one).toMatchObject({ id: orgId, tier: "ENTERPRISE", masterKey: "", clerkOrgId: null, settings: {} });
      for (const path of ["/v1/orgs", "/v1/me/orgs"]) {
        expect((await app.call("GET", path, { key })).body).toEqual({
          items: [one],
          pagination: { nextCursor: null, hasMore: false },
        });
      }
    }
    expect((await app.call("GET", "/v1/orgs?query=nothing-like-it", { key: masterKey })).body.items).toEqual([]);
  });

  it("is not there for anybody else", async () => {
    const other = await app.organisation();
    const calls: [string, string][] = [
      ["GET", `/v1/orgs/${orgId}`],
      ["PATCH", `/v1/orgs/${orgId}`],
      ["POST", `/v1/orgs/${orgId}/rotate-key`],
    ];
    for (const [method, path] of calls) {
      expect(await app.call(method, path, { key: other.masterKey })).toMatchObject({ status: 404 });
      expect(await app.call(method, path)).toMatchObject({ status: 401 });
    }
    expect(await statusWith(masterKey)).toBe(200);
  });

  it("has a name and settings that its master key changes, and a plan that no client does", async () => {
    expect(await patch({ name: "New name", settings: { theme: "dark" }, tier: "ENTERPRISE" })).toMatchObject({
      status: 200,
      body: { name: "New name", settings: { theme: "dark" } },
    });
    const [event] = await eventsOf(app, orgId, { event: "org.updated" });
    expect(event).toMatchObject({ result: "SUCCESS", data: { fields: ["name", "settings"] }, detail: "New name" });
    for (const [field, value] of [
      ["tier", "FREE"],
      ["slug", "other"],
      ["name", ""],
    ] as const) {
      expect(await patch({ [field]: value })).toMatchObject({
        status: 400,
        body: { code: "VALIDATION_ERROR", details: { fields: [{ field }] } },
      });
    }
    const agent = await app.agent(masterKey);
    expect(await patch({ name: "Mine" }, agent.key)).toMatchObject({ body: { code: "MASTER_KEY_REQUIRED" } });
  });

  it("has a slug of its own, also when many of one name are made at the same instant", async () => {
    const made = await Promise.all(
      Array.from({ length: 5 }, () =>
        openTransaction(app.runtime, (tx) =>
          createOrganization(app.runtime, tx, { name: "Same Name", tier: "FREE", origin: "SETUP" }),
        ),
      ),
    );
    const slugs = made.map(({ organization }) => organization.slug);
    expect(new Set(slugs).size).toBe(5);
    expect(slugs).toContain("same-name");
  });
});

describe("the primary master key", () => {
  const rotate = (key: string) => app.call<{ masterKey: string }>("POST", `/v1/orgs/${orgId}/rotate-key`, { key });

  it("is replaced at once, here and in other processes; other master keys stay", async () => {
    const second = await app.call<{ id: string; key: string }>("POST", "/v1/api-keys", {
      key: masterKey,
      body: { name: "Second" },
    });
    const replica = await openRuntime(app.runtime.config, app.databaseUrl, { clock: app.clock });
    try {
      expect(await replica.directory.principalOf(masterKey)).toMatchObject({ kind: "master", orgId });
      const { status, body } = await rotate(masterKey);
      expect(status).toBe(200);
      expect(body).toEqual({ masterKey: expect.stringMatching(/^mk_[0-9A-Za-z]{49}$/) });
      expect(await statusWith(masterKey)).toBe(401);
      expect(await statusWith(body.masterKey)).toBe(200);
      expect(await statusWith(second.body.key)).toBe(200);
      await waitFor(
        async () => expect(await replica.directory.principalOf(masterKey)).toBeNull(),
        SOONER_THAN_FORGOTTEN,
      );
    } finally {
      await replica.close();
    }
    const [event] = await eventsOf(app, orgId, { event: "key.rotated" });
    expect(event).toMatchObject({ agentId: null, data: { kind: "MASTER", primary: true } });
  });

  it("cannot be replaced when it was revoked: another one is", async () => {
    const second = await app.call<{ id: string; key: string }>("POST", "/v1/api-keys", {
      key: masterKey,
      body: { name: "Second" },
    });
    const { rows } = await app.runtime.db.pool.query("SELECT id FROM api_key WHERE org_id = $1 AND is_primary", [
      orgId,
    ]);
    await app.call("DELETE", `/v1/api-keys/${rows[0].id}`, { key: second.body.key });
    expect(await rotate(second.body.key)).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
    const rotated = await app.call("POST", `/v1/api-keys/${second.body.id}/rotate`, { key: second.body.key });
    expect(rotated.status).toBe(200);
  });
});
