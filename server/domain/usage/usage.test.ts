import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appendCall, appendParameters } from "#server/audit/append.ts";
import { prepareEvent } from "#server/audit/record.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { makePhoneAgent } from "../../../test/support/phone.ts";
import { consoleOf } from "../../trpc/test-support.ts";
import { makeAgent, type TestAgent } from "../messages/test-support.ts";
import type { Usage } from "./by-day.ts";
import { forecastUsage } from "./forecast.ts";

let app: TestApp;
let browser: ReturnType<typeof consoleOf>;

beforeAll(async () => {
  app = await startTestApp();
  browser = consoleOf(app);
});
afterAll(() => app.close());

const send = (agent: TestAgent, idempotencyKey?: string) =>
  app.call("POST", "/v1/email/send", {
    key: agent.key,
    body: { to: "human@example.com", subject: "Hello", body: "Hello" },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  });

async function usageOf(agent: TestAgent, input: object = {}): Promise<Usage> {
  const cookie = await browser.signIn(agent.masterKey);
  return (await browser.query("billing.usage", input, { cookie })).body.result.data;
}

/** What gives a mail back, as a verb would write it: an event, and a negative record under its id. */
async function giveBack(agent: TestAgent, quantity: number): Promise<void> {
  const { pool } = app.runtime.db;
  const now = app.clock.now();
  const event = prepareEvent(
    {
      orgId: agent.orgId,
      channel: "billing",
      event: "billing.usage.reversed",
      result: "SUCCESS",
      actorType: "SYSTEM",
      actorId: "test",
      correlationId: "corr",
    },
    now,
  );
  await pool.query(
    `WITH used AS (INSERT INTO usage_record (org_id, id, agent_id, meter, quantity, resource_id, created_at, day)
      VALUES ($9, $10, 'agent', 'email_sent', $11, 'message', $12, ($12 AT TIME ZONE 'UTC')::date)) SELECT ${appendCall(1)}`,
    [...appendParameters(event, null), agent.orgId, event.id, -quantity, now],
  );
}

describe("usage", () => {
  it("is what was accepted, by day of UTC: not what was refused or asked for twice, less what was given back", async () => {
    app.clock.set(new Date("2027-03-09T23:59:30Z"));
    const [agent, other] = [await makeAgent(app), await makeAgent(app)];
    for (const key of ["once", "once", "twice"]) await send(agent, key);
    await send(other);
    app.clock.advanceSeconds(60);
    for (let mail = 0; mail < 3; mail++) await send(agent);
    await giveBack(agent, 2);
    await app.call("PATCH", `/v1/agents/${agent.id}`, { key: agent.masterKey, body: { status: "PAUSED" } });
    expect((await send(agent)).status).toBe(403);

    const [mail] = (await usageOf(agent)).meters;
    expect(mail).toMatchObject({
      meter: "email_sent",
      total: 3,
      days: [
        { day: "2027-03-09", quantity: 2 },
        { day: "2027-03-10", quantity: 1 },
      ],
    });
    expect((await usageOf(other)).meters[0]).toMatchObject({ total: 1 });
    expect((await usageOf(agent, { month: "2027-03" })).meters[0]).toMatchObject({ total: 3 });
    expect((await usageOf(agent, { month: "2027-02" })).meters[0]).toMatchObject({
      total: 0,
      days: [],
      forecast: null,
    });
  });

  it("is forecast from the days so far, since the organisation is there", async () => {
    app.clock.set(new Date("2027-04-10T00:00:00Z"));
    const agent = await makeAgent(app);
    await send(agent);
    expect((await usageOf(agent)).meters[0]).toMatchObject({ total: 1, forecast: null });
    app.clock.set(new Date("2027-04-12T00:00:00Z"));
    for (let mail = 0; mail < 3; mail++) await send(agent);
    expect((await usageOf(agent)).meters[0]).toMatchObject({
      total: 4,
      // Four in two days, and nineteen more.
      forecast: { quantity: 42, perDay: 2, since: "2027-04-10T00:00:00.000Z" },
    });
  });

  it("expects no more numbers than there are: each is recorded once a month", async () => {
    app.clock.set(new Date("2027-05-01T00:00:00Z"));
    const agent = await makePhoneAgent(app, "STARTER");
    app.clock.set(new Date("2027-05-03T00:00:00Z"));
    const numbers = (await usageOf(agent)).meters.find(({ meter }) => meter === "phone_numbers");
    expect(numbers).toMatchObject({ total: 1, forecast: { quantity: 1, micros: 0 } });
  });

  it("says what the plan includes, and a month that is none is refused", async () => {
    const { masterKey } = await app.organisation("FREE");
    const cookie = await browser.signIn(masterKey);
    const plan = (await browser.query("billing.plan", {}, { cookie })).body.result.data;
    expect(plan).toEqual({
      tier: "FREE",
      agents: 3,
      agentsUsed: 0,
      storageGb: 5,
      storedBytes: 0,
      emailsPerMonth: 3_000,
      requestsPerMinute: 60,
      requestsPerSecond: 100,
    });
    const { body } = await browser.query("billing.usage", {}, { cookie });
    expect(body.result.data.meters[0]).toMatchObject({ included: 3_000, total: 0 });
    for (const month of ["2027-13", "march", "1999-01"]) {
      const { status, body } = await browser.query("billing.usage", { month }, { cookie });
      expect([status, body.error.data.error.details.fields[0].field]).toEqual([400, "month"]);
    }
  });
});

describe("a forecast", () => {
  const march = { start: new Date("2027-03-01T00:00:00Z"), end: new Date("2027-04-01T00:00:00Z") };
  const long = new Date("2020-01-01T00:00:00Z");

  it("goes on at the rate so far", () => {
    const at = (iso: string) => forecastUsage(300, new Date(iso), { ...march, born: long })?.quantity;
    expect(at("2027-03-11T00:00:00Z")).toBe(930);
    expect(at("2027-03-31T12:00:00Z")).toBe(305);
  });

  it("is not made of less than a day, nor for a month that is over", () => {
    const at = (iso: string, born = long) => forecastUsage(300, new Date(iso), { ...march, born });
    expect(at("2027-03-01T23:59:59Z")).toBeNull();
    expect(at("2027-03-20T12:00:00Z", new Date("2027-03-20T00:00:00Z"))).toBeNull();
    expect(at("2027-04-01T00:00:00Z")).toBeNull();
  });
});
