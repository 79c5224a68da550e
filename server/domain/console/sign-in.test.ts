import { afterEach, beforeEach, expect, test } from "vitest";
import { listEvents } from "#server/audit/list.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { createSignInLink } from "./links.ts";
import { findSession, type Session } from "./sessions.ts";
import { setUpConsole, signInWithKey, signInWithLink } from "./sign-in.ts";
import { visitor } from "./test-support.ts";

let app: TestApp;
beforeEach(async () => {
  app = await startTestApp();
});
afterEach(() => app.close());

const link = async (orgId: string | null) =>
  new URL(await createSignInLink(app.runtime, orgId)).searchParams.get("token") as string;
const sessionOf = async (token: string) => (await findSession(app.runtime, token, true)) as Session;
const logOf = async (orgId: string) =>
  (await listEvents(app.runtime.db.pool, orgId, { channel: "console" }, { limit: 10, order: "asc" })).items;

test("the master key opens a session, and a new sign-in ends the one before", async () => {
  const { orgId, masterKey } = await app.organisation();
  const first = await signInWithKey(app.runtime, ` ${masterKey}\n`, visitor, null);
  const session = await sessionOf(first);
  const second = await signInWithKey(app.runtime, masterKey, visitor, session);
  expect(second).not.toBe(first);
  expect(await findSession(app.runtime, first, true)).toBeNull();
  expect((await sessionOf(second)).principal.orgId).toBe(orgId);

  const log = await logOf(orgId);
  expect(log.map((event) => [event.event, event.result])).toEqual([
    ["console.session.started", "SUCCESS"],
    ["console.session.ended", "SUCCESS"],
    ["console.session.started", "SUCCESS"],
  ]);
  expect(log[0]).toMatchObject({ detail: "Signed in from 203.0.113.7", data: { method: "master_key" } });
  expect(JSON.stringify(log)).not.toContain(masterKey.slice(0, 20));
});

test("no other key opens the console", async () => {
  const { orgId, masterKey } = await app.organisation();
  const agent = await app.agent(masterKey);
  await expect(signInWithKey(app.runtime, agent.key, visitor, null)).rejects.toMatchObject({
    code: "MASTER_KEY_REQUIRED",
    denied: { orgId, event: "console.session.refused", data: { reason: "NOT_A_MASTER_KEY" } },
  });
  await expect(signInWithKey(app.runtime, `mk_${"x".repeat(49)}`, visitor, null)).rejects.toMatchObject({
    code: "UNAUTHORIZED",
  });
  expect(await app.runtime.db.prisma.session.count()).toBe(0);
});

test("a link signs in to its organisation; a setup link does not sign in and stays usable", async () => {
  const { orgId } = await app.organisation();
  const token = await signInWithLink(app.runtime, await link(orgId), visitor, null);
  expect((await sessionOf(token)).principal.orgId).toBe(orgId);

  const setup = await link(null);
  await expect(signInWithLink(app.runtime, setup, visitor, null)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  const unused = await app.runtime.db.prisma.signInLink.findFirst({ where: { orgId: null, usedAt: null } });
  expect(unused).not.toBeNull();
});

test("the setup makes the organisation, gives its master key, and signs in", async () => {
  const made = await setUpConsole(app.runtime, { linkToken: await link(null), name: " Acme " }, visitor);
  const session = await sessionOf(made.token);
  expect(session.orgName).toBe("Acme");
  const mine = await app.call("GET", "/v1/orgs/me", { key: made.masterKey });
  expect(mine).toMatchObject({ status: 200, body: { id: session.principal.orgId, name: "Acme" } });
  expect((await logOf(session.principal.orgId)).map((event) => event.data.method)).toEqual(["setup"]);
});

test("a name that cannot be one leaves the link usable", async () => {
  const linkToken = await link(null);
  await expect(setUpConsole(app.runtime, { linkToken, name: " " }, visitor)).rejects.toMatchObject({
    code: "VALIDATION_ERROR",
  });
  await expect(setUpConsole(app.runtime, { linkToken, name: "Acme" }, visitor)).resolves.toHaveProperty("masterKey");
});

test("two setup links used at the same instant make one organisation", async () => {
  const links = [await link(null), await link(null)];
  const outcomes = await Promise.allSettled(
    links.map((linkToken) => setUpConsole(app.runtime, { linkToken, name: "Acme" }, visitor)),
  );
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  expect(outcomes.find((outcome) => outcome.status === "rejected")?.reason).toMatchObject({ code: "CONFLICT" });
  expect(await app.runtime.db.prisma.organization.count()).toBe(1);
});

test("a sign-in link does not set up, and stays usable", async () => {
  const { orgId } = await app.organisation();
  const linkToken = await link(orgId);
  await expect(setUpConsole(app.runtime, { linkToken, name: "Acme" }, visitor)).rejects.toMatchObject({
    code: "UNAUTHORIZED",
  });
  await expect(signInWithLink(app.runtime, linkToken, visitor, null)).resolves.toBeTypeOf("string");
});

test("a master key that lacks a scope opens no session, and a rotated one ends those that it opened", async () => {
  const { orgId, masterKey } = await app.organisation();
  const { body } = await app.call<{ key: string }>("POST", "/v1/api-keys", {
    key: masterKey,
    body: { name: "reader", scopes: ["agents:read"] },
  });
  await expect(signInWithKey(app.runtime, body.key, visitor, null)).rejects.toMatchObject({
    code: "FORBIDDEN",
    denied: { orgId, data: { reason: "NOT_ALL_SCOPES" } },
  });

  const token = await signInWithKey(app.runtime, masterKey, visitor, null);
  await app.call("POST", `/v1/orgs/${orgId}/rotate-key`, { key: masterKey });
  expect(await findSession(app.runtime, token, true)).toBeNull();
});
