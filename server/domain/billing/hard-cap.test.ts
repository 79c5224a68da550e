import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { waitFor } from "../../../test/support/wait.ts";
import { eventsOf } from "../agents/test-support.ts";
import { makeAgent, type TestAgent } from "../messages/test-support.ts";

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => app.clock.set(new Date("2027-01-30T12:00:00Z")));

type Caps = {
  meters: { email: { mode: string; capUnits: number | null } };
  usage: { email: Record<"month" | "day", { usedUnits: number; capUnits: number | null; blocked: boolean }> };
  notices: string[];
};
type Refusal = { code: string; details: Record<string, unknown> & { remediation: { plan?: string } } };

const send = (agent: { key: string }, idempotencyKey?: string) =>
  app.call<Refusal>("POST", "/v1/email/send", {
    key: agent.key,
    body: { to: "human@example.com", subject: "Hello", body: "Hello" },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  });
const put = (agent: TestAgent, body: object, path = "/v1/billing/hard-cap") =>
  app.call<Caps>("PUT", path, { key: agent.masterKey, body });

describe("the organisation's caps", () => {
  it("begin with the plan's, are changed by what is named, and every change is on the log with who made it", async () => {
    const { orgId, masterKey } = await app.organisation("STARTER");
    const { body } = await app.call("GET", "/v1/billing/hard-cap", { key: masterKey });
    const meter = {
      enabled: true,
      mode: "block",
      capCents: null,
      capUnits: null,
      daily: { capCents: null, capUnits: null },
    };
    const meters = { email: meter, sms: meter, voice: meter };
    expect(body).toMatchObject({ enabled: true, monthlyCapCents: 2_900, meters, notices: [] });

    const change = { monthlyCapCents: 500, meters: { sms: { daily: { capUnits: 7 } } } };
    const changed = await app.call("PUT", "/v1/billing/hard-cap", { key: masterKey, body: change });
    const sms = { ...meter, daily: { capCents: null, capUnits: 7 } };
    expect(changed.body).toMatchObject({ monthlyCapCents: 500, meters: { email: meter, sms, voice: meter } });
    const event = (await eventsOf(app, orgId)).find((each) => each.event === "billing.cap.changed");
    expect(event).toMatchObject({
      actorType: "API_KEY",
      data: { before: { monthlyCapCents: 2_900 }, after: { monthlyCapCents: 500, meters: { sms } } },
    });
  });

  it("are changed by more requests at once than there are connections to the database", async () => {
    const agent = await makeAgent(app);
    const changes = Array.from({ length: 20 }, (_, cents) => put(agent, { monthlyCapCents: cents }));
    expect(new Set((await Promise.all(changes)).map(({ status }) => status))).toEqual(new Set([200]));
  });

  it("below what is used block at once and say so; raised, the same request goes", async () => {
    const agent = await makeAgent(app);
    for (let mail = 0; mail < 5; mail++) await send(agent);
    const lowered = await put(agent, { meters: { email: { capUnits: 3 } } });
    expect(lowered.body.usage.email.month).toMatchObject({ usedUnits: 5, capUnits: 3, blocked: true });
    expect(lowered.body.notices[0]).toMatch(/^email is blocked: .*5 units of this month are used, the cap is 3 units/);

    const refused = await send(agent, "again");
    expect([refused.status, refused.body.code]).toEqual([402, "PAYMENT_REQUIRED"]);
    expect(refused.body.details).toMatchObject({
      resource: "email",
      source: "cap",
      scope: "org",
      period: "month",
      capCents: null,
      usedCents: 1,
      reservedCents: 0,
      capUnits: 3,
      usedUnits: 5,
      resetsAt: "2027-02-01T00:00:00.000Z",
    });
    const denied = (await eventsOf(app, agent.orgId)).find((event) => event.result === "DENIED");
    expect(denied).toMatchObject({ event: "email.refused", data: { code: "PAYMENT_REQUIRED", capUnits: 3 } });
    expect(await app.runtime.db.prisma.message.count({ where: { orgId: agent.orgId } })).toBe(5);

    expect((await put(agent, { meters: { email: { capUnits: 6 } } })).body.notices).toEqual([]);
    expect((await send(agent, "again")).status).toBe(201);
    expect((await send(agent)).status).toBe(402);
  });

  it("of nothing block, of null do not, and neither do those that only alert or are switched off", async () => {
    const agent = await makeAgent(app);
    const answers = async (caps: object) => {
      await put(agent, caps);
      return (await send(agent)).status;
    };
    expect(await answers({ meters: { email: { capUnits: 0 } } })).toBe(402);
    expect(await answers({ meters: { email: { mode: "alert-only" } } })).toBe(201);
    expect(await answers({ meters: { email: { mode: "block", capUnits: null, capCents: 0 } } })).toBe(402);
    expect(await answers({ meters: { email: { capCents: null, daily: { capCents: 0 } } } })).toBe(402);
    expect(await answers({ meters: { email: { daily: { capCents: null } } } })).toBe(201);
    expect(await answers({ monthlyCapCents: 0 })).toBe(402);
    expect(await answers({ meters: { email: { enabled: false } } })).toBe(201);
    expect(await answers({ meters: { email: { enabled: true } } })).toBe(402);
    expect(await answers({ enabled: false })).toBe(201);
  });

  it.each([
    [{ monthlyCapCents: -1 }, "monthlyCapCents"],
    [{ monthlyCapCents: 1.5 }, "monthlyCapCents"],
    [{ monthlyCapCents: 1e15 }, "monthlyCapCents"],
    [{ monthlyCapCents: "5" }, "monthlyCapCents"],
    [{ enabled: null }, "enabled"],
    [{ meters: { fax: {} } }, "meters.fax"],
    [{ meters: { email: { capUnit: 1 } } }, "meters.email.capUnit"],
    [{ meters: { email: { daily: { capCents: -1 } } } }, "meters.email.daily.capCents"],
    [{ meters: { sms: { mode: "stop" } } }, "meters.sms.mode"],
    [{ cap: 1 }, "cap"],
  ])("are not changed by bad input, which is named: %j", async (body, field) => {
    const { orgId, masterKey } = await app.organisation();
    const answer = await app.call("PUT", "/v1/billing/hard-cap", { key: masterKey, body });
    expect([answer.status, answer.body.details]).toEqual([400, { fields: [expect.objectContaining({ field })] }]);
    expect(await app.runtime.db.prisma.hardCap.count({ where: { orgId } })).toBe(0);
  });

  it("are counted by the months of the organisation's time zone", async () => {
    const agent = await makeAgent(app);
    await app.call("PATCH", `/v1/orgs/${agent.orgId}`, {
      key: agent.masterKey,
      body: { timeZone: "America/New_York" },
    });
    await put(agent, { meters: { email: { capUnits: 1 } } });
    app.clock.set(new Date("2027-02-01T04:59:59Z"));
    expect((await send(agent)).status).toBe(201);
    expect((await send(agent)).body.details.resetsAt).toBe("2027-02-01T05:00:00.000Z");
    app.clock.set(new Date("2027-02-01T05:00:00Z"));
    expect([(await send(agent)).status, (await send(agent)).status]).toEqual([201, 402]);
    const bad = await app.call("PATCH", `/v1/orgs/${agent.orgId}`, {
      key: agent.masterKey,
      body: { timeZone: "Mars/Base" },
    });
    expect(bad.body.details).toMatchObject({ fields: [{ field: "timeZone" }] });
  });

  it("are shown as they are counted where the time zone is moved back over a month's end", async () => {
    const agent = await makeAgent(app);
    app.clock.set(new Date("2027-01-31T12:00:00Z"));
    const move = (timeZone: string) =>
      app.call("PATCH", `/v1/orgs/${agent.orgId}`, { key: agent.masterKey, body: { timeZone } });
    await move("Pacific/Kiritimati");
    await put(agent, { meters: { email: { capUnits: 1 } } });
    expect((await send(agent)).status).toBe(201);
    await move("UTC");
    expect((await send(agent)).status).toBe(402);
    const { body } = await app.call<Caps>("GET", "/v1/billing/hard-cap", { key: agent.masterKey });
    expect(body.usage.email.month).toMatchObject({ usedUnits: 1, blocked: true });
  });
});

describe("an agent's caps", () => {
  it("count what it has used already, and bind that agent alone", async () => {
    const agent = await makeAgent(app);
    const colleague = await makeAgent(app, agent);
    for (let mail = 0; mail < 3; mail++) await send(agent);
    const path = `/v1/agents/${agent.id}/hard-cap`;
    const set = await put(agent, { meters: { email: { daily: { capUnits: 4 } } } }, path);
    expect(set.body.usage.email.day).toMatchObject({ usedUnits: 3, capUnits: 4, blocked: false });
    expect((await send(agent)).status).toBe(201);
    expect((await send(agent)).body.details).toMatchObject({
      scope: "agent",
      agentId: agent.id,
      period: "day",
      resetsAt: "2027-01-31T00:00:00.000Z",
    });
    expect((await send(colleague)).status).toBe(201);
    expect((await app.call<Caps>("GET", path, { key: agent.key })).body.usage.email.day.blocked).toBe(true);
  });
});

describe("the plan", () => {
  it("is told with its prices, and refuses what it does not allow, naming the one that does", async () => {
    const { masterKey } = await app.organisation("FREE");
    const { body } = await app.call("GET", "/v1/billing/tier", { key: masterKey });
    expect(body).toMatchObject({ tier: "free", price: 0, limits: { messages: 3_000, agents: 3, domains: 0 } });
    expect(body.renewalDate).toBe("2027-02-01T00:00:00.000Z");
    for (let agent = 0; agent < 3; agent++) await app.agent(masterKey);
    const refused = await app.call<Refusal>("POST", "/v1/agents", { key: masterKey, body: { name: "one too many" } });
    expect(refused.body.details).toMatchObject({
      resource: "agents",
      source: "plan",
      remediation: { plan: "STARTER" },
    });
    const feature = (name: string) => app.call("GET", `/v1/billing/features/${name}`, { key: masterKey });
    expect((await feature("audit_logs")).body).toMatchObject({
      enabled: true,
      currentTier: "free",
      requiredTier: "free",
    });
    expect((await feature("toString")).status).toBe(404);
  });
});

describe("usage", () => {
  it("is told line by line, and the lines are the total", async () => {
    const agent = await makeAgent(app);
    for (let mail = 0; mail < 3; mail++) await send(agent);
    const { body } = await app.call<{ meters: { micros: number }[]; totalMicros: number }>("GET", "/v1/billing/usage", {
      key: agent.key,
    });
    expect(body).toMatchObject({ period: "2027-01", usage: { message_sent: 3 }, totalMicros: 1_500, totalCents: 1 });
    expect(body.meters.reduce((sum, line) => sum + line.micros, 0)).toBe(body.totalMicros);
    const counters = await app.call("GET", "/v1/orgs/me/usage?period=2027-01", { key: agent.key });
    expect(counters.body).toMatchObject({ period: "2027-01", usage: { email_sent: 3, sms_sent: 0 } });
    const bad = await app.call("GET", "/v1/billing/usage?period=2027-13", { key: agent.key });
    expect(bad.body.details).toMatchObject({ fields: [{ field: "period" }] });
  });
});

describe("warnings", () => {
  it("come once for each threshold, of many passed at once for the highest, and on a refusal", async () => {
    const agent = await makeAgent(app);
    await put(agent, { meters: { email: { capUnits: 10 } } });
    const told = async () =>
      (await eventsOf(app, agent.orgId))
        .filter((event) => event.event === "billing.cap.warned")
        .map((event) => (event.data as { threshold: number }).threshold)
        .sort((a, b) => a - b);
    for (let mail = 0; mail < 6; mail++) await send(agent);
    await waitFor(async () => expect(await told()).toEqual([50]));
    for (let mail = 0; mail < 5; mail++) await send(agent);
    await waitFor(async () => expect(await told()).toEqual([50, 100]));
  });
});
