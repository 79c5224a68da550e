import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { CONSENT, makePhoneAgent, NOON, type PhoneAgent, pass, work } from "../../../test/support/phone.ts";
import { eventsOf } from "../agents/test-support.ts";
import { CarrierUnsure } from "../phone/carrier.ts";
import type { Call, CreatedCall, GateReport, Transcript } from "./schemas.ts";
import { endLostCalls } from "./sweep.ts";

let app: TestApp;
let agent: PhoneAgent;
let serial = 0;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  app.clock.set(NOON);
  agent = await makePhoneAgent(app);
});

/** A number in New York whose last two digits decide what happens; each area code once, so that no call counts for another. */
const numberWith = (line: string) => `+1${["212", "646", "917", "718", "347", "929"][serial++ % 6]}55501${line}`;
const place = (to: string, more: object = {}, options: object = {}) =>
  app.call<CreatedCall & { code: string; details: Record<string, unknown> }>("POST", "/v1/voice/calls", {
    key: agent.key,
    body: { to, tier: "basic", ...CONSENT, ...more },
    ...options,
  });
const read = async (id: string) => (await app.call<Call>("GET", `/v1/voice/calls/${id}`, { key: agent.key })).body;
const usage = async () => {
  const { body } = await app.call<{ meters: { meter: string; quantity: number }[] }>("GET", "/v1/billing/usage", {
    key: agent.masterKey,
  });
  return Object.fromEntries(body.meters.map(({ meter, quantity }) => [meter, quantity]));
};
const play = (id: string, what: string, body: object = {}) =>
  app.call("POST", `/v1/sandbox/calls/${id}/${what}`, { key: agent.masterKey, body });
const namesOf = async () =>
  (await eventsOf(app, agent.orgId, { channel: "voice" })).map(({ event }) => event).reverse();

describe("a call", () => {
  it("is placed, answered, talked in and settled to the minute, and all of it is one chain", async () => {
    const to = numberWith("42");
    const { status, body } = await place(to, { greeting: "Hello, this is Anima." }, { correlationId: "order-7" });
    expect(status).toBe(201);
    expect(body).toEqual({
      callId: expect.stringMatching(/^[0-9A-Z]{26}$/),
      state: "queued",
      from: agent.number,
      to,
      tier: "basic",
      direction: "OUTBOUND",
      maxSeconds: 600,
      correlationId: "order-7",
    });
    const id = body.callId;
    expect(await usage()).toMatchObject({ voice_calls: 1, voice_minutes_basic: 0 });
    await work(app, agent.orgId);
    await pass(app, 1);
    expect(await read(id)).toMatchObject({ state: "ringing", answeredAt: null });
    await pass(app, 2);
    expect(await read(id)).toMatchObject({ state: "active", answeredBy: "person" });
    await pass(app, 10);
    expect((await play(id, "say", { text: "Where is my parcel? Please stop calling me." })).status).toBe(200);
    await pass(app, 1);
    await pass(app, 50);
    await play(id, "hang-up");
    await pass(app, 0);
    const ended = await read(id);
    expect(ended).toMatchObject({ state: "completed", endReason: "caller_hangup", durationSeconds: 61 });

    const transcript = await app.call<z.infer<typeof Transcript>>("GET", `/v1/voice/calls/${id}/transcript`, {
      key: agent.key,
    });
    expect(transcript.body.segments).toMatchObject([
      { speaker: "agent", text: "Hello, this is Anima.", isFinal: true },
      { speaker: "caller", text: "Where is my parcel? Please stop calling me.", isFinal: true, startTime: 10 },
    ]);
    expect(await usage()).toMatchObject({ voice_calls: 1, voice_minutes_basic: 2 });
    expect(await app.runtime.db.prisma.reservation.count({ where: { orgId: agent.orgId, settledAt: null } })).toBe(0);

    const chain = await eventsOf(app, agent.orgId, { correlationId: "order-7" });
    expect(chain.map(({ event }) => event).reverse()).toEqual([
      "voice.call.queued",
      "voice.call.ringing",
      "voice.call.answered",
      "voice.call.stop_heard",
      "voice.call.ended",
    ]);
    expect(chain[0]).toMatchObject({ data: { reason: "caller_hangup", durationSeconds: 61, minutes: 2 } });

    const { body: summary } = await app.call("GET", `/v1/voice/calls/${id}/summary`, { key: agent.key });
    expect(summary).toMatchObject({
      durationSeconds: 61,
      turns: 2,
      lastWords: { speaker: "caller" },
      asksToStop: ["Where is my parcel? Please stop calling me."],
      actionItems: [],
      intent: null,
    });
    const found = await app.call<{ results: { callId: string }[] }>("POST", "/v1/voice/search", {
      key: agent.key,
      body: { query: "parcel" },
    });
    expect(found.body.results).toMatchObject([{ callId: id, score: 1 }]);
    const { body: counted } = await app.call("GET", "/v1/voice/analytics", { key: agent.key });
    expect(counted).toMatchObject({
      totalCalls: 1,
      answerRate: 1,
      totalSeconds: 61,
      byEndReason: { caller_hangup: 1 },
    });
    const { body: list } = await app.call("GET", "/v1/voice/calls?state=ended&direction=outbound", { key: agent.key });
    expect(list).toMatchObject({ total: 1, calls: [{ id }] });
  });

  it.each([
    ["50", 60, { state: "completed", endReason: "completed", answeredBy: "machine", durationSeconds: 30 }, 1],
    ["51", 60, { state: "busy", endReason: "busy", durationSeconds: 0 }, 0],
    ["52", 60, { state: "no_answer", endReason: "no_answer", durationSeconds: 0 }, 0],
    ["53", 60, { state: "failed", endReason: "rejected", durationSeconds: 0 }, 0],
    ["54", 60, { state: "failed", endReason: "failed", durationSeconds: 20 }, 1],
    ["58", 60, { state: "failed", endReason: "failed", durationSeconds: 0 }, 0],
  ])("to a number with %s ends as the sandbox's table says", async (line, seconds, ended, minutes) => {
    const { body } = await place(numberWith(line));
    await work(app, agent.orgId);
    await pass(app, seconds);
    expect(await read(body.callId)).toMatchObject(ended);
    expect(await usage()).toMatchObject({ voice_calls: 1, voice_minutes_basic: minutes });
  });

  it("is placed once where the carrier takes it and never says so", async () => {
    const { body } = await place(numberWith("59"));
    await work(app, agent.orgId);
    expect(await read(body.callId)).toMatchObject({ state: "queued" });
    const { db } = app.runtime;
    const { carrierId } = (await db.prisma.sandboxCall.findFirstOrThrow({ where: { orgId: agent.orgId } })) ?? {};
    // The queue tries again: it finds the call instead of placing another.
    await db.pool.query("UPDATE graphile_worker._private_jobs SET run_at = now(), locked_at = NULL, locked_by = NULL");
    await work(app, agent.orgId);
    await pass(app, 5);
    expect(await read(body.callId)).toMatchObject({ state: "active" });
    expect(await db.prisma.sandboxCall.findMany({ where: { orgId: agent.orgId } })).toMatchObject([{ carrierId }]);
  });

  it("that nobody could place in time is not placed, and costs nothing", async () => {
    const { body } = await place(numberWith("01"));
    app.clock.advanceSeconds(61);
    await work(app, agent.orgId);
    expect(await read(body.callId)).toMatchObject({ state: "failed", endReason: "failed", durationSeconds: 0 });
    expect(await app.runtime.db.prisma.sandboxCall.count({ where: { orgId: agent.orgId } })).toBe(0);
    expect(await usage()).toMatchObject({ voice_calls: 0, voice_minutes_basic: 0 });
    const [reversed, ended] = await eventsOf(app, agent.orgId, {});
    expect([reversed?.event, ended?.event]).toEqual(["billing.usage.reversed", "voice.call.ended"]);
  });

  it("whose carrier falls silent is ended a while after its longest moment, and settled", async () => {
    const { body } = await place(numberWith("14"), { maxDurationSeconds: 120 });
    await work(app, agent.orgId);
    await pass(app, 5);
    await app.runtime.db.prisma.sandboxStep.deleteMany({});
    app.clock.advanceSeconds(200);
    await endLostCalls(app.runtime);
    expect(await read(body.callId)).toMatchObject({ state: "active" });
    app.clock.advanceSeconds(100);
    await endLostCalls(app.runtime);
    expect(await read(body.callId)).toMatchObject({ state: "completed", endReason: "timeout", durationSeconds: 120 });
    expect(await usage()).toMatchObject({ voice_minutes_basic: 2 });
  });

  it("has one effect for one Idempotency-Key, also at the same instant", async () => {
    const to = numberWith("02");
    const answers = await Promise.all([1, 2, 3].map(() => place(to, {}, { idempotencyKey: "once" })));
    const again = await place(to, {}, { idempotencyKey: "once" });
    const ids = new Set([...answers, again].map(({ body }) => body.callId));
    expect(ids.size).toBe(1);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await usage()).toMatchObject({ voice_calls: 1 });
    expect(await place(numberWith("03"), {}, { idempotencyKey: "once" })).toMatchObject({
      status: 409,
      body: { code: "IDEMPOTENCY_BODY_MISMATCH" },
    });
  });

  it("is tried out without being dialled, held or counted", async () => {
    const ask = (more: object) =>
      app.call<GateReportBody>("POST", "/v1/voice/calls?dry_run=true", {
        key: agent.key,
        body: { to: numberWith("04"), ...more },
      });
    const allowed = await ask(CONSENT);
    expect(allowed.status).toBe(200);
    expect(allowed.body.allowed).toBe(true);
    expect(allowed.body.gates.map(({ gate }) => gate)).toEqual([
      "plan",
      "number",
      "consent",
      "do_not_call",
      "reassigned",
      "calling_hours",
      "frequency",
    ]);
    const refused = await ask({});
    expect(refused.body).toMatchObject({ allowed: false });
    expect(refused.body.gates[2]).toMatchObject({ verdict: "refuse", code: "CONSENT_REQUIRED" });
    expect(await usage()).toMatchObject({ voice_calls: 0 });
    expect(await namesOf()).toEqual(["voice.number.provisioned"]);
  });

  it("is refused by a gate before anything is written, and the log says by which", async () => {
    const { status, body } = await place(numberWith("05"), { metadata: {} });
    expect({ status, code: body.code }).toEqual({ status: 403, code: "CONSENT_REQUIRED" });
    expect(await app.runtime.db.prisma.call.count({ where: { orgId: agent.orgId } })).toBe(0);
    const [event] = await eventsOf(app, agent.orgId, { event: "voice.call.refused" });
    expect(event).toMatchObject({ result: "DENIED", data: { gate: "consent", code: "CONSENT_REQUIRED" } });
  });

  it("lasts as long as the minutes that are left, and is refused without any", async () => {
    agent = await makePhoneAgent(app, "FREE");
    const first = await place(numberWith("06"), { maxDurationSeconds: 420 });
    expect(first.body.maxSeconds).toBe(420);
    const second = await place(numberWith("07"));
    expect(second.body.maxSeconds).toBe(180);
    const third = await place(numberWith("08"));
    expect(third).toMatchObject({ status: 402, body: { code: "PAYMENT_REQUIRED", details: { resource: "voice" } } });
    const [event] = await eventsOf(app, agent.orgId, { event: "voice.call.refused" });
    expect(event).toMatchObject({ data: { code: "PAYMENT_REQUIRED" } });
    await work(app, agent.orgId);
    await pass(app, 200);
    // The carrier has ended the second after its three minutes; its rest of none is not given back, the first one talks on.
    expect(await read(second.body.callId)).toMatchObject({ endReason: "timeout", durationSeconds: 180 });
    expect(await usage()).toMatchObject({ voice_calls: 2, voice_minutes_basic: 3 });
  });

  it("counts against the calls that the plan allows a day", async () => {
    agent = await makePhoneAgent(app, "FREE");
    const answers = [];
    for (let n = 0; n < 5; n++) {
      answers.push(await place(`+1212555010${n}`, { maxDurationSeconds: 60 }));
    }
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 402]);
    expect(answers[4]?.body).toMatchObject({ code: "VOICE_DAILY_CAP_EXCEEDED", details: { current: 4, cap: 4 } });
  });

  it("is hung up over REST while it runs or before it was placed, by its own agent, and once", async () => {
    const hangUp = (id: string, key = agent.key, body: object = { reason: " Mr Smith was rude " }) =>
      app.call<{ code: string }>("POST", `/v1/voice/calls/${id}/hangup`, { key, body });
    const waiting = (await place(numberWith("09"))).body.callId;
    expect(await hangUp(waiting)).toMatchObject({ status: 200, body: { success: true } });
    expect(await read(waiting)).toMatchObject({
      state: "no_answer",
      endReason: "agent_hangup",
      hangupReason: "Mr Smith was rude",
      durationSeconds: 0,
    });
    const id = (await place(numberWith("09"))).body.callId;
    await work(app, agent.orgId);
    await pass(app, 3);
    const colleague = await makePhoneAgent(app, "GROWTH", agent);
    expect(await hangUp(id, colleague.key)).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
    await pass(app, 61);
    expect(await read(id)).toMatchObject({ state: "active" });
    expect((await hangUp(id, agent.masterKey, { reason: "" })).status).toBe(200);
    await pass(app, 0);
    const ended = await read(id);
    expect(ended).toMatchObject({
      state: "completed",
      endReason: "agent_hangup",
      hangupReason: null,
      durationSeconds: 61,
    });
    expect((await hangUp(id)).status).toBe(200);
    await pass(app, 0);
    expect(await read(id)).toEqual(ended);
    expect(await usage()).toMatchObject({ voice_calls: 1, voice_minutes_basic: 2 });
    // Who wanted it to end is on the log, once for each call.
    const asked = await eventsOf(app, agent.orgId, { event: "voice.call.hangup_requested" });
    expect(asked).toMatchObject([
      { resourceId: id, actorType: "API_KEY" },
      { resourceId: waiting, actorType: "AGENT", data: { reason: "Mr Smith was rude" } },
    ]);
    // Not in the part that can never be erased.
    const { rows } = await app.runtime.db.pool.query("SELECT record FROM event WHERE id = $1", [asked[1]?.id]);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain("Smith");
  });

  it("that was hung up while the carrier took it ends, also where the carrier does not listen at once", async () => {
    const { callId } = (await place(numberWith("24"))).body;
    const { carrier } = app.runtime;
    const takes = carrier.placeCall;
    const placeCall = vi.spyOn(carrier, "placeCall").mockImplementation(async (order) => {
      await app.call("POST", `/v1/voice/calls/${callId}/hangup`, { key: agent.key });
      return takes(order);
    });
    const hangUp = vi.spyOn(carrier, "hangUp").mockRejectedValueOnce(new CarrierUnsure("no answer"));
    await work(app, agent.orgId);
    expect(hangUp).toHaveBeenCalledOnce();
    placeCall.mockRestore();
    await app.runtime.db.pool.query(
      "UPDATE graphile_worker._private_jobs SET run_at = now(), locked_at = NULL, locked_by = NULL",
    );
    await work(app, agent.orgId);
    await pass(app, 0);
    expect(await read(callId)).toMatchObject({ endReason: "agent_hangup", durationSeconds: 0 });
    expect(hangUp).toHaveBeenCalledTimes(2);
    hangUp.mockRestore();
  });

  it("is not dialled where the person said no, or the hours ended, after it was accepted", async () => {
    const endOf = async (id: string) =>
      (await eventsOf(app, agent.orgId, { event: "voice.call.ended" })).find(({ resourceId }) => resourceId === id)
        ?.data;
    const accepted = async (line: string) => (await place(numberWith(line))).body;
    const stopped = await accepted("20");
    const stop = { from: stopped.to, to: agent.number, body: "STOP" };
    await app.call("POST", "/v1/sandbox/inbound-sms", { key: agent.masterKey, body: stop });
    await pass(app, 0);
    const listed = await accepted("21");
    await app.call("POST", "/v1/phone/dnc", { key: agent.masterKey, body: { phoneNumber: listed.to } });
    const revoked = await accepted("22");
    await app.call("POST", "/v1/consents/revocations", { key: agent.masterKey, body: { phoneNumber: revoked.to } });
    await work(app, agent.orgId);
    for (const [{ callId }, cause] of [
      [stopped, "DO_NOT_CALL"],
      [listed, "DO_NOT_CALL"],
      [revoked, "CONSENT_REQUIRED"],
    ] as const) {
      expect(await endOf(callId)).toMatchObject({ reason: "failed", cause });
    }
    // 20:59:50 in New York.
    app.clock.set(new Date("2026-11-25T01:59:50Z"));
    const late = await accepted("23");
    app.clock.advanceSeconds(10);
    await work(app, agent.orgId);
    expect(await endOf(late.callId)).toMatchObject({ reason: "failed", cause: "OUTSIDE_CALLING_HOURS" });
    expect(await app.runtime.db.prisma.sandboxCall.count({ where: { orgId: agent.orgId } })).toBe(0);
    expect(await usage()).toMatchObject({ voice_calls: 0, voice_minutes_basic: 0 });
  });

  it("is hung up when its agent is paused or everything is stopped, and none begins", async () => {
    const running = await place(numberWith("10"));
    await work(app, agent.orgId);
    await pass(app, 10);
    const waiting = await place(numberWith("11"));
    await app.call("PATCH", `/v1/agents/${agent.id}`, { key: agent.masterKey, body: { status: "PAUSED" } });
    await work(app, agent.orgId);
    await pass(app, 1);
    expect(await read(running.body.callId)).toMatchObject({ state: "completed", endReason: "agent_hangup" });
    expect(await read(waiting.body.callId)).toMatchObject({ durationSeconds: 0, endedAt: expect.any(String) });
    expect(await place(numberWith("12"))).toMatchObject({ status: 403, body: { code: "AGENT_PAUSED" } });
    await app.call("PATCH", `/v1/agents/${agent.id}`, { key: agent.masterKey, body: { status: "ACTIVE" } });
    const next = await place(numberWith("13"));
    await work(app, agent.orgId);
    await pass(app, 10);
    await app.call("POST", `/v1/orgs/${agent.orgId}/stop`, { key: agent.masterKey });
    await work(app, agent.orgId);
    await pass(app, 1);
    expect(await read(next.body.callId)).toMatchObject({ endReason: "agent_hangup" });
  });
});

type GateReportBody = z.infer<typeof GateReport>;
