import { afterAll, beforeAll, expect, test } from "vitest";
import { type Joined, type Office, openOffice, refusal } from "../../test/support/office.ts";
import { createApiKey } from "../domain/api-keys/create.ts";
import { listApiKeys } from "../domain/api-keys/list.ts";
import { revokeApiKey } from "../domain/api-keys/revoke.ts";
import { rotateApiKey } from "../domain/api-keys/rotate.ts";
import { updateApiKey } from "../domain/api-keys/update.ts";
import { findSession } from "../domain/console/sessions.ts";
import type { Context } from "../domain/context.ts";
import { appRouter } from "./root.ts";

/** What changes only the account and the sessions of whoever acts: everybody may. Anything else is closed to a viewer. */
const OWN_ACCOUNT = /^(account|session)\./;

let office: Office;
let owner: string;
let viewer: Joined;
let admin: Joined;
beforeAll(async () => {
  office = await openOffice();
  const { masterKey } = await office.app.organisation();
  owner = await office.browser.signIn(masterKey);
  viewer = await office.join(owner, "viewer@people.test", "VIEWER");
  admin = await office.join(owner, "admin@people.test", "ADMIN");
  // Something that could be changed.
  const agent = await office.app.agent(masterKey);
  await office.app.call("POST", "/v1/email/send", { key: agent.key, body: { to: "a@people.test", body: "Hello" } });
  await office.browser.mutate("members.invite", { email: "open@people.test", role: "VIEWER" }, { cookie: owner });
});
afterAll(() => office.close());

type Procedure = { _def: { type: "query" | "mutation" | "subscription" } };
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>);
const paths = (type: string) => procedures.filter(([, one]) => one._def.type === type).map(([path]) => path);

/** Everything that the database holds, except what a refusal itself leaves: events, and that a session was used. */
async function everything(): Promise<Record<string, string>> {
  const { pool } = office.app.runtime.db;
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT LIKE 'event%' AND c.relname <> 'session'`,
  );
  const hashes: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query(`SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS hash FROM "${name}" t`);
    hashes[name] = rows[0].hash;
  }
  return hashes;
}

test("a viewer who tries every mutation over the wire is refused each, and nothing is written", async () => {
  const mutations = paths("mutation").filter((path) => !OWN_ACCOUNT.test(path));
  expect(mutations.length).toBeGreaterThan(9);
  const before = await everything();
  for (const path of mutations) {
    expect(await refusal(office.browser.mutate(path, {}, viewer)), path).toEqual([403, "FORBIDDEN"]);
  }
  expect(await everything()).toEqual(before);
  const events = await office.browser.query("events.list", { event: "console.access.refused", limit: 100 }, viewer);
  const refused = events.body.result.data.items;
  expect(refused).toHaveLength(mutations.length);
  expect(refused[0]).toMatchObject({
    result: "DENIED",
    actorType: "USER",
    actorId: viewer.memberId,
    data: { role: "VIEWER" },
  });
});

test("a viewer may look at everything", async () => {
  const queries = paths("query");
  expect(queries.length).toBeGreaterThan(9);
  for (const path of queries) {
    // Refused for what they ask, perhaps; never for who asks.
    const { status } = await office.browser.query(path, {}, viewer);
    expect([200, 400, 404], path).toContain(status);
  }
});

test("an admin does everything but govern", async () => {
  const { browser } = office;
  const made = (await browser.mutate("agents.create", { name: "By an admin" }, admin)).body.result.data;
  const [ownerMember] = [await office.join(owner, "second-owner@people.test", "OWNER")];
  const open = (await browser.query("members.invitations", {}, admin)).body.result.data.items;
  expect(open).toHaveLength(1);
  for (const [path, input] of [
    ["agents.delete", { id: made.id }],
    ["members.changeRole", { id: viewer.memberId, role: "ADMIN" }],
    ["members.remove", { id: ownerMember?.memberId }],
    ["members.invite", { email: "new-owner@people.test", role: "OWNER" }],
    ["organization.rotateMasterKey", { id: "any" }],
  ] as const) {
    expect(await refusal(browser.mutate(path, input, admin)), path).toEqual([403, "FORBIDDEN"]);
  }
  expect((await browser.mutate("members.resend", { id: open[0].id }, admin)).status).toBe(200);
  expect((await browser.mutate("organization.update", { id: await orgId(), name: "Renamed" }, admin)).status).toBe(200);
  expect((await browser.mutate("agents.delete", { id: made.id }, { cookie: owner })).status).toBe(200);
});

test("an admin cannot become an owner by way of a master key", async () => {
  const { runtime } = office.app;
  const token = /anima=([\w-]{43})/.exec(admin.cookie)?.[1];
  const session = await findSession(runtime, token, false);
  if (!session) throw new Error("the admin is not signed in");
  const ctx: Context = {
    services: runtime,
    principal: session.principal,
    requestId: null,
    correlationId: "corr_admin",
    correlationGiven: false,
  };
  const keys = await listApiKeys(ctx, {});
  const master = keys.items.find((key) => key.kind === "MASTER")?.id ?? "";
  const agents = keys.items.find((key) => key.kind === "AGENT")?.id ?? "";
  const forbidden = { code: "FORBIDDEN", details: { requiredRole: "OWNER" } };
  await expect(createApiKey(ctx, { name: "Mine" })).rejects.toMatchObject(forbidden);
  await expect(rotateApiKey(ctx, { id: master })).rejects.toMatchObject(forbidden);
  await expect(updateApiKey(ctx, { id: master, name: "Mine" })).rejects.toMatchObject(forbidden);
  await expect(revokeApiKey(ctx, { id: master })).rejects.toMatchObject(forbidden);
  expect(await rotateApiKey(ctx, { id: agents })).toMatchObject({ kind: "AGENT" });
});

const orgId = async () => (await office.browser.query("session.current", {}, admin)).body.result.data.orgId;
