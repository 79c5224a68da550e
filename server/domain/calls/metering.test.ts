import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { CONSENT, makePhoneAgent, NOON, type PhoneAgent, pass, work } from "../../../test/support/phone.ts";
import { reserve } from "../billing/reservations.ts";
import { tokenOf } from "../phone/token.ts";
import { receiveNews } from "./receive-news.ts";
import type { CreatedCall } from "./schemas.ts";

let app: TestApp;
let serial = 0;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

/** A new second, and a number that nobody has called: neither dials nor frequency are the matter here. */
const freshNumber = () => {
  app.clock.set(new Date(NOON.getTime() + ++serial * 60_000));
  return `+1212555010${serial % 10}`;
};
const place = (agent: PhoneAgent, more: object = {}) =>
  app.call<CreatedCall & { code: string }>("POST", "/v1/voice/calls", {
    key: agent.key,
    body: { to: "to" in more ? more.to : freshNumber(), ...CONSENT, ...more },
  });
const callOf = (agent: PhoneAgent, id: string) =>
  app.runtime.db.prisma.call.findUniqueOrThrow({ where: { orgId_id: { orgId: agent.orgId, id } } });

type Line = { meter: string; quantity: number; billable: number; micros: number };
/** What the month's usage says of a meter. */
async function line(agent: PhoneAgent, meter: string): Promise<Line | undefined> {
  const { body } = await app.call<{ meters: Line[] }>("GET", "/v1/billing/usage", { key: agent.masterKey });
  return body.meters.find((each) => each.meter === meter);
}

/** What a carrier tells of a call from its answer to its end. */
async function talk(agent: PhoneAgent, id: string, durationSeconds: number): Promise<void> {
  const about = { token: tokenOf(agent.orgId, id), carrierId: `carrier-${id}`, at: app.clock.now() };
  await receiveNews(app.runtime, [{ ...about, kind: "call_answered", id: "1", by: "person" }]);
  const ended = { ...about, kind: "call_ended" as const, id: "2", reason: "caller_hangup" as const };
  await receiveNews(app.runtime, [{ ...ended, durationSeconds }]);
}

it.each([
  ["basic", 60, 1, 80_000],
  ["basic", 61, 2, 160_000],
  ["premium", 1, 1, 180_000],
  ["premium", 179, 3, 540_000],
] as const)(
  "a %s call of %i s is %i minutes, charged at its own price, beside the call",
  async (tier, seconds, minutes, micros) => {
    const agent = await makePhoneAgent(app, "ENTERPRISE");
    const { body } = await place(agent, { tier });
    const meter = `voice_minutes_${tier}`;
    const held = await app.runtime.db.prisma.reservation.findFirstOrThrow({ where: { orgId: agent.orgId } });
    expect(held).toMatchObject({ meter, units: 10 });
    await talk(agent, body.callId, seconds);
    expect(await line(agent, meter)).toMatchObject({ quantity: minutes, billable: minutes, micros });
    expect(await line(agent, "voice_calls")).toMatchObject({ quantity: 1, billable: 0, micros: 0 });
    const other = tier === "basic" ? "voice_minutes_premium" : "voice_minutes_basic";
    expect(await line(agent, other)).toMatchObject({ quantity: 0, micros: 0 });
  },
);

it("seconds that the carrier let pass beyond the longest moment are not charged", async () => {
  const agent = await makePhoneAgent(app, "ENTERPRISE");
  const { body } = await place(agent, { maxDurationSeconds: 60 });
  await talk(agent, body.callId, 63);
  expect(await callOf(agent, body.callId)).toMatchObject({ state: "completed", durationSeconds: 63 });
  expect(await line(agent, "voice_minutes_basic")).toMatchObject({ quantity: 1, micros: 80_000 });
});

it("a cap in money leaves whole minutes, and what a call has not used of it goes back", async () => {
  const agent = await makePhoneAgent(app, "ENTERPRISE");
  // A minute costs 8 cents: of 30 three are left, and 6 cents over.
  const cap = { meters: { voice: { capCents: 30 } } };
  const set = await app.call("PUT", "/v1/billing/hard-cap", { key: agent.masterKey, body: cap });
  expect(set.status).toBe(200);
  const first = await place(agent);
  expect(first).toMatchObject({ status: 201, body: { maxSeconds: 180 } });
  expect(await place(agent)).toMatchObject({ status: 402, body: { code: "PAYMENT_REQUIRED" } });
  await talk(agent, first.body.callId, 30);
  // 22 cents are left.
  expect(await place(agent)).toMatchObject({ status: 201, body: { maxSeconds: 120 } });
});

it("a call lasts as long as the tightest of several limits leaves", async () => {
  const agent = await makePhoneAgent(app, "ENTERPRISE");
  const put = (path: string, voice: object) =>
    app.call("PUT", path, { key: agent.masterKey, body: { meters: { voice } } });
  await put("/v1/billing/hard-cap", { capUnits: 7, daily: { capCents: 50 } });
  await put(`/v1/agents/${agent.id}/hard-cap`, { capUnits: 6, daily: { capUnits: 5 } });
  expect(await place(agent)).toMatchObject({ status: 201, body: { maxSeconds: 300 } });
  expect(await place(agent)).toMatchObject({
    status: 402,
    body: { details: { scope: "agent", period: "day", capUnits: 5, usedUnits: 5 } },
  });
  await put(`/v1/agents/${agent.id}/hard-cap`, { daily: { capUnits: null } });
  const ring = { from: freshNumber(), to: agent.number };
  await app.call("POST", "/v1/sandbox/inbound-call", { key: agent.masterKey, body: ring });
  await pass(app, 0);
  const where = { orgId: agent.orgId, direction: "INBOUND" };
  expect(await app.runtime.db.prisma.call.findFirstOrThrow({ where })).toMatchObject({ maxSeconds: 60 });
});

it("minutes that the plan includes are left whatever little money is", async () => {
  const agent = await makePhoneAgent(app, "STARTER");
  // Of a hundred included minutes eight are left, and the cap allows two more at 8 cents.
  const cap = { meters: { voice: { capCents: 20 } } };
  await app.call("PUT", "/v1/billing/hard-cap", { key: agent.masterKey, body: cap });
  const use = { orgId: agent.orgId, agentId: agent.id, meter: "voice_minutes_basic", units: 92 } as const;
  const expiresAt = new Date(app.clock.now().getTime() + 86_400_000);
  await reserve(app.runtime, { ...use, day: "2026-11-24", resourceId: "others", expiresAt });
  expect(await place(agent, { maxDurationSeconds: 1_200 })).toMatchObject({ status: 201, body: { maxSeconds: 600 } });
  expect(await place(agent)).toMatchObject({ status: 402, body: { details: { capCents: 20, usedCents: 16 } } });
});

it("a call that comes in lasts as long as the minutes that are left, and is charged the same", async () => {
  const agent = await makePhoneAgent(app, "FREE");
  const ring = { from: freshNumber(), to: agent.number };
  await app.call("POST", "/v1/sandbox/inbound-call", { key: agent.masterKey, body: ring });
  await pass(app, 0);
  const call = await app.runtime.db.prisma.call.findFirstOrThrow({ where: { orgId: agent.orgId } });
  expect(call).toMatchObject({ direction: "INBOUND", maxSeconds: 600 });
  expect(await place(agent, { to: "+12125550109" })).toMatchObject({ status: 402, body: { code: "PAYMENT_REQUIRED" } });
  const about = { token: null, carrierId: call.carrierId ?? "", at: app.clock.now() };
  await receiveNews(app.runtime, [
    { ...about, kind: "call_answered", id: "1", by: "person" },
    { ...about, kind: "call_ended", id: "2", reason: "caller_hangup", durationSeconds: 121 },
  ]);
  expect(await line(agent, "voice_minutes_basic")).toMatchObject({ quantity: 3 });
  expect(await line(agent, "voice_calls")).toMatchObject({ quantity: 0 });
});

it("texts are charged by segment in both directions, and one that the carrier did not take is not", async () => {
  const agent = await makePhoneAgent(app, "ENTERPRISE");
  const send = (to: string, body: string) =>
    app.call<{ id: string }>("POST", "/v1/phone/send-sms", { key: agent.key, body: { to, body, ...CONSENT } });
  const long = "x".repeat(161);
  expect((await send("+12125550101", long)).status).toBe(201);
  expect(await line(agent, "sms_sent")).toMatchObject({ quantity: 2, billable: 2, micros: 30_000 });
  await work(app, agent.orgId);
  expect((await send("+12125550102", long)).status).toBe(201);
  expect(await line(agent, "sms_sent")).toMatchObject({ quantity: 4 });
  // Nobody has handed it over in time.
  app.clock.advanceSeconds(601);
  await work(app, agent.orgId);
  expect(await line(agent, "sms_sent")).toMatchObject({ quantity: 2, billable: 2, micros: 30_000 });
  const incoming = { from: "+12125550101", to: agent.number, body: "é€".repeat(80) };
  await app.call("POST", "/v1/sandbox/inbound-sms", { key: agent.masterKey, body: incoming });
  await pass(app, 0);
  expect(await line(agent, "sms_received")).toMatchObject({ quantity: 2, billable: 2, micros: 20_000 });
});
