import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { createSignInLink } from "../domain/console/links.ts";
import { consoleOf } from "./test-support.ts";

let app: TestApp;
let masterKey: string;
let orgId: string;
let browser: ReturnType<typeof consoleOf>;
beforeAll(async () => {
  app = await startTestApp();
  ({ masterKey, orgId } = await app.organisation());
  browser = consoleOf(app);
});
afterAll(() => app.close());

test("signing in sets a cookie that scripts cannot read and other sites cannot use", async () => {
  const { status, headers, cookie } = await browser.mutate("session.signIn", { key: masterKey });
  expect(status).toBe(200);
  expect(headers.get("set-cookie")).toMatch(
    /^anima_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
  );
  const current = await browser.query("session.current", {}, { cookie });
  expect(current.body.result.data).toMatchObject({ orgId });
  expect(headers.get("cache-control")).toBe("no-store");
});

test("over HTTPS the cookie is bound to the host and to HTTPS", async () => {
  const secure = await startTestApp({ PUBLIC_URL: "https://anima.example" });
  try {
    const organisation = await secure.organisation();
    const { headers } = await consoleOf(secure).mutate("session.signIn", { key: organisation.masterKey });
    expect(headers.get("set-cookie")).toMatch(/^__Host-anima=[\w-]{43}; Path=\/; HttpOnly; .*Secure$/);
  } finally {
    await secure.close();
  }
});

test("signing out ends the session on the server", async () => {
  const cookie = await browser.signIn(masterKey);
  const out = await browser.mutate("session.signOut", {}, { cookie });
  expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
  expect((await browser.query("session.current", {}, { cookie })).status).toBe(401);
});

test("without a session everything but the door is closed", async () => {
  const calls = [
    browser.query("session.current"),
    browser.query("agents.list"),
    browser.query("agents.get", { id: "x" }),
    browser.query("events.list"),
    browser.query("mail.list"),
    browser.query("server.status"),
    browser.query("overview.counts"),
    browser.query("overview.agentsInNeed"),
    browser.query("overview.start"),
    browser.query("billing.plan"),
    browser.query("billing.usage"),
    browser.mutate("mail.send", { formId: "f".repeat(16), fields: { agentId: "x", to: "a@example.com" } }),
    browser.mutate("agents.create", { name: "Nobody's" }),
    browser.mutate("agents.update", { id: "x", status: "PAUSED" }),
    browser.mutate("agents.delete", { id: "x" }),
    browser.mutate("agents.rotateKey", { id: "x" }),
  ];
  for (const { status, body } of await Promise.all(calls)) {
    expect([status, body.error.data.error.code]).toEqual([401, "UNAUTHORIZED"]);
  }
});

test("a link given over the wire signs in once", async () => {
  const token = new URL(await createSignInLink(app.runtime, orgId)).searchParams.get("token");
  const first = await browser.mutate("session.useLink", { token });
  expect((await browser.query("session.current", {}, { cookie: first.cookie })).status).toBe(200);
  const second = await browser.mutate("session.useLink", { token });
  expect([second.status, second.cookie]).toEqual([401, null]);
  const events = await browser.query("events.list", { event: "console.session.refused" }, { cookie: first.cookie });
  expect(events.body.result.data.items[0]).toMatchObject({ result: "DENIED", data: { reason: "LINK_USED" } });
});

test("the setup over the wire answers the master key once and signs in", async () => {
  const fresh = await startTestApp();
  try {
    const visitor = consoleOf(fresh);
    const token = new URL(await createSignInLink(fresh.runtime, null)).searchParams.get("token");
    const made = await visitor.mutate("session.setUp", { token, name: "Acme" });
    expect(made.body.result.data.masterKey).toMatch(/^mk_[0-9A-Za-z]{49}$/);
    const current = await visitor.query("session.current", {}, { cookie: made.cookie });
    expect(current.body.result.data.orgName).toBe("Acme");
    expect((await visitor.mutate("session.setUp", { token, name: "Acme" })).status).toBe(401);
  } finally {
    await fresh.close();
  }
});

test("an address that tries too often is refused for a while, others are not", async () => {
  const attempt = (address: string) => browser.mutate("session.signIn", { key: "mk_guess" }, { address });
  const codes: string[] = [];
  for (let time = 0; time < 31; time++) codes.push((await attempt("198.51.100.1")).body.error.data.error.code);
  expect(codes.slice(0, 30)).toEqual(Array(30).fill("UNAUTHORIZED"));
  expect(codes[30]).toBe("RATE_LIMIT");
  expect((await attempt("198.51.100.2")).body.error.data.error.code).toBe("UNAUTHORIZED");
});
