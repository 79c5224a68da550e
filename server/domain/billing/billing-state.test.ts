import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#server/platform/ids.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { waitFor } from "../../../test/support/wait.ts";
import { makeAgent, type TestAgent } from "../messages/test-support.ts";
import { billingState } from "./billing-state.ts";
import { listCapChanges } from "./cap-changes.ts";
import { listReservations } from "./open-reservations.ts";
import { reserve } from "./reservations.ts";
import { capWarnings } from "./warned.ts";

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(() => app.clock.set(new Date("2027-01-30T12:00:00Z")));

/** What a verb takes, of whoever holds the master key. */
const masterOf = ({ orgId }: { orgId: string }) => ({
  services: app.runtime,
  principal: { kind: "master" as const, orgId, tier: "STARTER" as const, keyId: "key", scopes: ["*"] },
  requestId: null,
  correlationId: "corr",
  correlationGiven: false,
});
const send = (agent: TestAgent) =>
  app.call("POST", "/v1/email/send", {
    key: agent.key,
    body: { to: "a@example.com", subject: "Hello", body: "Hello" },
  });
const put = (agent: TestAgent, path: string, body: object) => app.call("PUT", path, { key: agent.masterKey, body });

describe("what the console shows of limits", () => {
  it("is how far caps, the plan and agents' caps are used up, what was warned of, and what is held", async () => {
    const agent = await makeAgent(app);
    const [orgCap, agentCap] = ["/v1/billing/hard-cap", `/v1/agents/${agent.id}/hard-cap`];
    await put(agent, orgCap, { meters: { email: { capUnits: 10 } } });
    await put(agent, agentCap, { meters: { email: { mode: "alert-only", daily: { capUnits: 4 } } } });
    for (let mail = 0; mail < 5; mail++) expect((await send(agent)).status).toBe(201);
    const order = { orgId: agent.orgId, agentId: agent.id, meter: "voice_minutes_basic", units: 10 } as const;
    const expiresAt = new Date("2027-01-30T13:00:00Z");
    const id = await reserve(app.runtime, { ...order, day: "2027-01-30", resourceId: "call-1", expiresAt });

    const ctx = masterOf(agent);
    expect(await billingState(ctx, {})).toMatchObject({
      status: "ACTIVE",
      timeZone: "UTC",
      caps: { usage: { email: { month: { usedUnits: 5, capUnits: 10, percent: 50, blocked: false } } } },
      agentCaps: [
        {
          agentId: agent.id,
          cap: "email",
          mode: "alert-only",
          month: { percent: null },
          day: { usedUnits: 5, capUnits: 4, percent: 100, blocked: false },
        },
      ],
    });
    expect((await listReservations(ctx, {})).items).toEqual([
      {
        id,
        agentId: agent.id,
        agentName: expect.stringMatching(/^agent-/),
        meter: "voice_minutes_basic",
        units: 10,
        micros: 800_000,
        resourceId: "call-1",
        createdAt: "2027-01-30T12:00:00.000Z",
        expiresAt: "2027-01-30T13:00:00.000Z",
      },
    ]);

    const at = "2027-01-30T12:00:00.000Z";
    await waitFor(async () => expect((await capWarnings(ctx, {})).items).toHaveLength(2));
    const warned = (await capWarnings(ctx, {})).items;
    expect(warned).toMatchObject([
      {
        agentId: agent.id,
        agentName: expect.stringMatching(/^agent-/),
        source: "cap",
        meter: "email",
        period: "day",
        percent: 100,
        blocked: false,
      },
      { agentId: null, meter: "email", period: "month", passed: [{ threshold: 50, at }], percent: 50, blocked: false },
    ]);
    expect(warned[0]?.resetsAt).toBe("2027-01-31T00:00:00.000Z");

    // Raised: the warning was given, and says that all is well. The next day the agent's is over.
    await put(agent, orgCap, { meters: { email: { capUnits: 100 } } });
    app.clock.set(new Date("2027-01-31T00:00:00Z"));
    expect((await capWarnings(ctx, {})).items).toMatchObject([{ agentId: null, percent: 5 }]);
    const { agentCaps } = await billingState(ctx, {});
    expect(agentCaps[0]?.day).toMatchObject({ usedUnits: 0, percent: 0, startsOn: "2027-01-31" });
  });

  it("is of the plan too: what it allows of agents and mails", async () => {
    const { orgId, masterKey } = await app.organisation("FREE");
    await app.agent(masterKey);
    const { quotas, dailyQuotas, stocks } = await billingState(masterOf({ orgId }), {});
    expect(stocks).toEqual([
      { resource: "agents", quota: 3, used: 1, percent: 33 },
      { resource: "storage_gb", quota: 5, used: 0, percent: 0 },
      { resource: "phone_numbers", quota: 1, used: 0, percent: 0 },
    ]);
    expect(dailyQuotas).toEqual([{ resource: "voice_calls", quota: 4, used: 0, percent: 0 }]);
    expect(quotas[0]).toEqual({ resource: "email_sent", quota: 3_000, used: 0, percent: 0 });
  });

  it("is every change of a cap, with who made it and when, page by page", async () => {
    const agent = await makeAgent(app);
    await put(agent, "/v1/billing/hard-cap", { monthlyCapCents: 100 });
    app.clock.set(new Date("2027-01-30T12:01:00Z"));
    await put(agent, `/v1/agents/${agent.id}/hard-cap`, { monthlyCapCents: 7 });
    const ctx = masterOf(agent);
    const first = await listCapChanges(ctx, { limit: 1 });
    const before = { monthlyCapCents: null };
    expect(first.items).toMatchObject([
      {
        at: "2027-01-30T12:01:00.000Z",
        agentId: agent.id,
        agentName: expect.stringMatching(/^agent-/),
        actor: { type: "API_KEY", name: expect.any(String) },
        before,
        after: { monthlyCapCents: 7 },
      },
    ]);
    const second = await listCapChanges(ctx, { limit: 5, cursor: first.pagination.nextCursor ?? "" });
    expect(second.items.map(({ agentId, after }) => [agentId, after.monthlyCapCents])).toEqual([[null, 100]]);
    expect(await listCapChanges(masterOf({ orgId: newId() }), {})).toMatchObject({ items: [] });
  });
});
