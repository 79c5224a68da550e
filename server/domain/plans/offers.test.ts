import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { previewStop } from "../organizations/stop-preview.ts";
import { listPlans } from "./offers.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const masterOf = (orgId: string) => ({
  services: app.runtime,
  principal: { kind: "master" as const, orgId, tier: "STARTER" as const, keyId: "key", scopes: ["*"] },
  requestId: null,
  correlationId: "corr",
  correlationGiven: false,
});

it("says of each plan when a change to it begins, what it adds to this month, and what must go before", async () => {
  app.clock.set(new Date("2027-01-01T00:00:00Z"));
  const { orgId, masterKey: key } = await app.organisation("STARTER");
  for (let n = 0; n < 4; n++) await app.agent(key);
  app.clock.set(new Date("2027-01-16T12:00:00Z"));
  const plans = await listPlans(masterOf(orgId), {});
  expect(plans).toMatchObject({
    current: "STARTER",
    scheduled: null,
    periodEnd: "2027-02-01T00:00:00.000Z",
    overdueSince: null,
    payments: "manual",
    hasCustomer: false,
    needsPaymentMethod: false,
  });
  const tooMany = { resource: "agents", used: 4, allowed: 3, excess: 1 };
  // Half of the month is left: half of the difference of the prices, to the micro-unit.
  expect(plans.plans.map(({ tier, priceCents, change }) => [tier, priceCents, change])).toEqual([
    ["FREE", 0, { at: "periodEnd", micros: 0, mustGo: [tooMany] }],
    ["STARTER", 2_900, null],
    ["GROWTH", 9_900, { at: "now", micros: 35_000_000, mustGo: [] }],
    ["SCALE", 24_900, { at: "now", micros: 110_000_000, mustGo: [] }],
    ["ENTERPRISE", 99_900, { at: "now", micros: 485_000_000, mustGo: [] }],
  ]);
  app.clock.set(new Date("2027-01-31T23:59:59Z"));
  const last = await listPlans(masterOf(orgId), {});
  // One second of 2,678,400, rounded down.
  expect(last.plans[2]?.change?.micros).toBe(Math.floor(70_000_000 / 2_678_400));
  await app.call("POST", "/v1/billing/change-plan", { key, body: { tier: "free" } });
  expect((await listPlans(masterOf(orgId), {})).scheduled).toBe("FREE");
});

it("the kill switch says what it touches: active and paused agents, and mails that have not left", async () => {
  const { orgId, masterKey: key } = await app.organisation("STARTER");
  const [sender, paused, gone] = [await app.agent(key), await app.agent(key), await app.agent(key)];
  const send = () =>
    app.call("POST", "/v1/email/send", { key: sender.key, body: { to: "a@example.com", subject: "a", body: "a" } });
  for (let n = 0; n < 3; n++) await send();
  await app.runtime.db.pool.query(
    "UPDATE message SET status = 'SENT' WHERE org_id = $1 AND id = (SELECT max(id) FROM message WHERE org_id = $1)",
    [orgId],
  );
  await app.call("PATCH", `/v1/agents/${paused.id}`, { key, body: { status: "PAUSED" } });
  await app.call("DELETE", `/v1/agents/${gone.id}`, { key });
  const other = await app.organisation("STARTER");
  await app.agent(other.masterKey);
  const preview = { activeAgents: 1, pausedAgents: 1, queuedMails: 2, most: 1_000 };
  expect(await previewStop(masterOf(orgId), {})).toEqual(preview);
  // Paused agents and their mails are the same after a stop.
  await app.call("POST", `/v1/orgs/${orgId}/stop`, { key });
  expect(await previewStop(masterOf(orgId), {})).toEqual(preview);
});
