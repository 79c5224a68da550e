import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Tier } from "#server/platform/tiers.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { consoleOf } from "../../trpc/test-support.ts";
import { closeMonths } from "../invoices/close-month.ts";
import type { Invoice } from "../invoices/schemas.ts";
import type { PlanChange } from "./change.ts";

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => at("2027-01-01T00:00:00Z"));

const at = (time: string) => app.clock.set(new Date(time));
const change = async (key: string, tier: unknown) =>
  (await app.call<PlanChange>("POST", "/v1/billing/change-plan", { key, body: { tier } })).body;
const tierOf = async (key: string) => (await app.call<{ tier: Tier }>("GET", "/v1/orgs/me", { key })).body.tier;
const invoicesOf = async (key: string) =>
  (await app.call<{ items: Invoice[] }>("GET", "/v1/billing/invoices", { key })).body.items;
const eventsOf = async (key: string) =>
  (await app.call<{ items: { event: string }[] }>("GET", "/v1/audit/events?limit=100", { key })).body.items.map(
    ({ event }) => event,
  );

it("a larger plan holds at once, is charged by the second, and includes its part of the month", async () => {
  const { orgId, masterKey: key } = await app.organisation("STARTER");
  const agent = await app.agent(key);
  const send = () =>
    app.call("POST", "/v1/email/send", { key: agent.key, body: { to: "a@example.com", subject: "a", body: "a" } });
  await send();
  at("2027-01-21T00:00:00Z");
  expect(await change(key, "growth")).toMatchObject({ status: "upgraded", scheduledDate: null });
  expect(await tierOf(key)).toBe("GROWTH");
  await send();
  const { rows } = await app.runtime.db.pool.query(
    "SELECT included_units::int, mixed_month::text, mixed_units::int FROM budget WHERE org_id = $1 AND meter = 'email_sent'",
    [orgId],
  );
  // 20 of 31 days with 25,000, 11 with 250,000; from the next month on the whole.
  const mixed = Math.ceil((25_000 * 20 + 250_000 * 11) / 31);
  expect(rows).toEqual([{ included_units: 250_000, mixed_month: "2027-01-01", mixed_units: mixed }]);
  at("2027-02-01T00:00:00Z");
  await closeMonths(app.runtime);
  const [january] = await invoicesOf(key);
  expect(january?.lines).toMatchObject([
    { description: "Plan Starter, 1728000 of 2678400 seconds", amountMicros: Math.floor((29_000_000 * 20) / 31) },
    { description: "Plan Growth, 950400 of 2678400 seconds" },
    { meter: "email_sent", quantity: 2, included: mixed, billable: 0 },
  ]);
  expect(january?.totalMicros).toBe(Math.floor((29_000_000 * 20 + 99_000_000 * 11) / 31));
  expect(await eventsOf(key)).toContain("org.plan.changed");
});

it("a smaller plan holds from the month's end on; until then it is replaced or cancelled", async () => {
  const { masterKey: key } = await app.organisation("GROWTH");
  const end = "2027-02-01T00:00:00.000Z";
  expect(await change(key, "starter")).toMatchObject({ status: "scheduled", scheduledDate: end, mustGo: [] });
  expect(await change(key, "growth")).toMatchObject({ status: "no_change" });
  expect(await change(key, "growth")).toMatchObject({ status: "no_change", message: "Growth is the present plan." });
  await change(key, "starter");
  expect(await change(key, "free")).toMatchObject({ status: "scheduled", scheduledDate: end });
  expect(await tierOf(key)).toBe("GROWTH");
  at("2027-02-01T02:00:00Z");
  await Promise.all([closeMonths(app.runtime), closeMonths(app.runtime)]);
  expect(await tierOf(key)).toBe("FREE");
  at("2027-03-01T00:00:00Z");
  await closeMonths(app.runtime);
  // The two hours until the task ran are not charged: the plan ended with the month.
  expect((await invoicesOf(key)).map((invoice) => invoice.totalCents)).toEqual([9_900]);
  expect(await eventsOf(key)).toEqual(
    expect.arrayContaining(["billing.plan.change.scheduled", "billing.plan.change.cancelled", "org.plan.changed"]),
  );
});

it("a smaller plan's limits hold from the first request of the month on, however many come at once", async () => {
  const { orgId, masterKey: key } = await app.organisation("STARTER");
  const agent = await app.agent(key);
  const send = () =>
    app.call("POST", "/v1/email/send", { key: agent.key, body: { to: "a@example.com", subject: "a", body: "a" } });
  await send();
  for (let n = 1; n < 3; n++) await app.agent(key);
  await change(key, "free");
  at("2027-01-31T23:59:59Z");
  expect((await send()).headers.get("x-ratelimit-limit")).toBe("300");
  at("2027-02-01T00:00:00Z");
  const first = await Promise.all([send(), send(), send()]);
  expect(first.map(({ status, headers }) => [status, headers.get("x-ratelimit-limit")])).toEqual(
    Array(3).fill([201, "60"]),
  );
  const { rows } = await app.runtime.db.pool.query(
    "SELECT month_units::int FROM budget WHERE org_id = $1 AND scope = '' AND meter = 'email_sent'",
    [orgId],
  );
  expect(rows).toEqual([{ month_units: 3_000 }]);
  expect((await app.call("POST", "/v1/agents", { key, body: { name: "four" } })).status).toBe(402);
  expect((await eventsOf(key)).filter((event) => event === "org.plan.changed")).toHaveLength(1);
  // January is billed as what it was.
  await closeMonths(app.runtime);
  expect((await invoicesOf(key)).map(({ totalCents }) => totalCents)).toEqual([2_900]);
});

it("a smaller plan that is chosen when a month is over and not billed yet holds from the end of the new one on", async () => {
  const { masterKey: key } = await app.organisation("GROWTH");
  // What Growth includes of February may be used by now.
  at("2027-02-01T00:02:00Z");
  const march = "2027-03-01T00:00:00.000Z";
  expect(await change(key, "starter")).toMatchObject({ status: "scheduled", scheduledDate: march });
  expect(await tierOf(key)).toBe("GROWTH");
  await closeMonths(app.runtime);
  expect(await tierOf(key)).toBe("GROWTH");
  at(march);
  await closeMonths(app.runtime);
  expect(await tierOf(key)).toBe("STARTER");
  expect((await invoicesOf(key)).map(({ totalCents }) => totalCents)).toEqual([9_900, 9_900]);
});

it("in the console, what was chosen for a month's end holds before anything else is chosen", async () => {
  const { masterKey: key } = await app.organisation("GROWTH");
  const browser = consoleOf(app);
  await change(key, "free");
  at("2027-01-31T23:59:00Z");
  const cookie = await browser.signIn(key);
  at("2027-02-01T00:02:00Z");
  const { body } = await browser.mutate("billing.changePlan", { tier: "growth" }, { cookie });
  expect(body.result.data).toMatchObject({ status: "upgraded" });
  at("2027-03-01T00:00:00Z");
  await closeMonths(app.runtime);
  const seconds = 28 * 86_400;
  expect((await invoicesOf(key))[0]?.lines[0]).toMatchObject({
    description: `Plan Growth, ${seconds - 120} of ${seconds} seconds`,
  });
});

it("below what is there, it names what must go, and waits for it, month by month", async () => {
  const { masterKey: key } = await app.organisation("STARTER");
  const agents = [];
  for (let n = 0; n < 5; n++) agents.push(await app.agent(key));
  const scheduled = await change(key, "free");
  expect(scheduled.mustGo).toEqual([{ resource: "agents", used: 5, allowed: 3, excess: 2 }]);
  expect(scheduled.message).toContain("2 of 5 agents (Free allows 3)");
  at("2027-02-01T00:00:00Z");
  await closeMonths(app.runtime);
  expect(await tierOf(key)).toBe("STARTER");
  expect(await eventsOf(key)).toContain("billing.plan.change.deferred");
  // Nor does a request bring it about before the next month.
  expect((await eventsOf(key)).filter((event) => event === "billing.plan.change.deferred")).toHaveLength(1);
  for (const { id } of agents.slice(3)) await app.call("DELETE", `/v1/agents/${id}`, { key });
  at("2027-03-01T00:00:00Z");
  await closeMonths(app.runtime);
  expect(await tierOf(key)).toBe("FREE");
});

it("refuses what it cannot do, and says why; nothing is changed", async () => {
  const { masterKey: key } = await app.organisation("STARTER");
  expect(await change(key, "platinum")).toMatchObject({
    code: "VALIDATION_ERROR",
    details: { fields: [{ field: "tier" }] },
  });
  expect(await change(key, 7)).toMatchObject({ code: "VALIDATION_ERROR" });
  expect(await change(key, "enterprise")).toMatchObject({
    status: "error",
    message: expect.stringContaining("agreed"),
  });
  expect(await tierOf(key)).toBe("STARTER");
  const contact = await app.call("POST", "/v1/billing/contact-enterprise", { key, body: { type: "sales" } });
  expect(contact.body).toMatchObject({ success: true });
  expect(await eventsOf(key)).toContain("billing.contact.requested");
});
