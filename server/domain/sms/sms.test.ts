import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { CONSENT, makePhoneAgent, NOON, type PhoneAgent, pass, work } from "../../../test/support/phone.ts";
import { eventsOf } from "../agents/test-support.ts";
import { releaseHeld } from "../messages/release-held.ts";
import type { Message } from "../messages/schemas.ts";
import { renewNumbers } from "../phone-numbers/month.ts";

let app: TestApp;
let agent: PhoneAgent;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  app.clock.set(NOON);
  agent = await makePhoneAgent(app);
});

const send = (to: string, body: string, more: object = {}, options: object = {}) =>
  app.call<Message & { code: string }>("POST", "/v1/phone/send-sms", {
    key: agent.key,
    body: { to, body, ...CONSENT, ...more },
    ...options,
  });
const read = async (id: string) => (await app.call<Message>("GET", `/v1/messages/${id}`, { key: agent.key })).body;
const receive = async (from: string, body: string) => {
  await app.call("POST", "/v1/sandbox/inbound-sms", { key: agent.masterKey, body: { from, to: agent.number, body } });
  await pass(app, 0);
};
const inbox = async () =>
  (await app.call<{ items: Message[] }>("GET", "/v1/messages?channel=SMS", { key: agent.key })).body.items;
const used = async (meter: string) => {
  const { body } = await app.call<{ meters: { meter: string; quantity: number }[] }>("GET", "/v1/billing/usage", {
    key: agent.masterKey,
  });
  return body.meters.find((line) => line.meter === meter)?.quantity;
};

describe("a text", () => {
  it("is sent and delivered, charged by segment, and its answer joins the chain for 72 hours", async () => {
    const body = "Your parcel is on its way. 🚚 ".repeat(5);
    const { status, body: sent } = await send("+12125550101", body, {}, { correlationId: "order-7" });
    expect(status).toBe(201);
    expect(sent).toMatchObject({ channel: "SMS", status: "QUEUED", segments: 3, fromAddress: agent.number });
    expect(await used("sms_sent")).toBe(3);
    await work(app, agent.orgId);
    expect(await read(sent.id)).toMatchObject({ status: "SENT", statusReason: null });
    await pass(app, 2);
    expect(await read(sent.id)).toMatchObject({ status: "DELIVERED" });

    app.clock.advanceSeconds(71 * 3_600);
    await receive("+12125550101", "Thank you");
    app.clock.advanceSeconds(73 * 3_600);
    await receive("+12125550101", "And now?");
    const [late, answer] = await inbox();
    expect(answer).toMatchObject({
      direction: "INBOUND",
      correlationId: "order-7",
      threadId: sent.threadId,
      segments: 1,
    });
    expect(late).toMatchObject({ threadId: sent.threadId, labels: ["unread"] });
    expect(late?.correlationId).toMatch(/^corr_/);
    expect(await used("sms_received")).toBe(2);
    const chain = await eventsOf(app, agent.orgId, { correlationId: "order-7" });
    expect(chain.map(({ event }) => event).reverse()).toEqual([
      "sms.queued",
      "sms.sent",
      "sms.delivered",
      "sms.received",
    ]);
    const { body: threads } = await app.call("GET", `/v1/phone/sms/threads?agentId=${agent.id}`, { key: agent.key });
    expect(threads).toMatchObject({
      items: [{ threadId: sent.threadId, messageCount: 3, lastMessageSnippet: "And now?" }],
    });
    const { body: thread } = await app.call("GET", `/v1/phone/sms/threads/${sent.threadId}`, { key: agent.key });
    expect(thread).toMatchObject({ messages: [{ id: sent.id }, { body: "Thank you" }, { body: "And now?" }] });
  });

  it("shows its segments and every gate before it is sent", async () => {
    const { status, body } = await app.call("POST", "/v1/messages/sms?dry_run=true", {
      key: agent.key,
      body: { to: "+12125550102", body: "a".repeat(161), ...CONSENT },
    });
    expect({ status, ...body }).toMatchObject({
      status: 200,
      allowed: true,
      encoding: "GSM-7",
      segments: 2,
      left: 145,
    });
    expect(await inbox()).toEqual([]);
    expect(await used("sms_sent")).toBe(0);
  });

  it.each([
    ["56", "undeliverable"],
    ["58", "unallocated"],
  ])("to a number with %s fails, for the reason that the carrier says", async (line, statusReason) => {
    const { body } = await send(`+121255501${line}`, "Hello");
    await work(app, agent.orgId);
    await pass(app, 2);
    expect(await read(body.id)).toMatchObject({ status: "FAILED", statusReason });
    expect(await eventsOf(app, agent.orgId, { event: "sms.failed" })).toMatchObject([{ result: "FAILURE" }]);
  });

  it("goes out once where the carrier takes it and never says so", async () => {
    const { body } = await send("+12125550159", "Hello");
    await work(app, agent.orgId);
    await app.runtime.db.pool.query(
      "UPDATE graphile_worker._private_jobs SET run_at = now(), locked_at = NULL, locked_by = NULL",
    );
    await work(app, agent.orgId);
    await pass(app, 2);
    expect(await read(body.id)).toMatchObject({ status: "DELIVERED" });
    expect(await app.runtime.db.prisma.sandboxMessage.count({ where: { orgId: agent.orgId } })).toBe(1);
  });

  it("is not sent where the person said stop after it was accepted; the answer to STOP is", async () => {
    const { body } = await send("+12125550106", "One more thing");
    await receive("+12125550106", "STOP");
    await work(app, agent.orgId);
    expect(await read(body.id)).toMatchObject({ status: "FAILED", statusReason: "DO_NOT_CALL" });
    expect(await used("sms_sent")).toBe(0);
    const [answer] = await inbox();
    expect(answer).toMatchObject({ direction: "OUTBOUND", status: "SENT", toAddress: "+12125550106" });
  });

  it("waits while its agent is paused or everything is stopped, and goes where that ends soon", async () => {
    const change = (status: string) =>
      app.call("PATCH", `/v1/agents/${agent.id}`, { key: agent.masterKey, body: { status } });
    const switchTo = (to: "stop" | "resume") =>
      app.call("POST", `/v1/orgs/${agent.orgId}/${to}`, { key: agent.masterKey });
    const release = async () => {
      await releaseHeld(app.runtime);
      await work(app, agent.orgId);
    };
    const { body: soon } = await send("+12125550107", "On my way");
    await change("PAUSED");
    await release();
    expect(await read(soon.id)).toMatchObject({ status: "QUEUED", statusReason: "AGENT_PAUSED" });
    await change("ACTIVE");
    await release();
    expect(await read(soon.id)).toMatchObject({ status: "SENT" });

    const { body: late } = await send("+12125550108", "On my way");
    await switchTo("stop");
    await release();
    expect(await read(late.id)).toMatchObject({ status: "QUEUED", statusReason: "ORG_STOPPED" });
    app.clock.advanceSeconds(601);
    await release();
    expect(await read(late.id)).toMatchObject({ status: "QUEUED", statusReason: "ORG_STOPPED" });
    await switchTo("resume");
    await release();
    // What the gates have looked at is too long ago.
    expect(await read(late.id)).toMatchObject({ status: "FAILED", statusReason: "timeout" });
    expect(await used("sms_sent")).toBe(1);
  });

  it("that was held and that the carrier has all the same goes out once", async () => {
    const { body } = await send("+12125550159", "Hello");
    await work(app, agent.orgId);
    await app.runtime.db.prisma.message.updateMany({ where: { id: body.id }, data: { statusReason: "ORG_STOPPED" } });
    await releaseHeld(app.runtime);
    await work(app, agent.orgId);
    await pass(app, 2);
    expect(await read(body.id)).toMatchObject({ status: "DELIVERED" });
    expect(await app.runtime.db.prisma.sandboxMessage.count({ where: { orgId: agent.orgId } })).toBe(1);
  });

  it("has one effect for one Idempotency-Key", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => send("+12125550103", "Hi", {}, { idempotencyKey: "once" })));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await used("sms_sent")).toBe(1);
  });

  it("is refused where the plan allows no more, while what comes in is always taken", async () => {
    agent = await makePhoneAgent(app, "FREE");
    expect((await send("+12125550104", "a".repeat(1_500))).status).toBe(201);
    expect(await send("+12125550105", "Hi")).toMatchObject({ status: 402, body: { code: "PAYMENT_REQUIRED" } });
    await receive("+12125550104", "b".repeat(1_530));
    await receive("+12125550104", "One more");
    expect((await inbox()).filter(({ direction }) => direction === "INBOUND")).toHaveLength(2);
  });
});

describe("STOP", () => {
  it("suppresses texts and calls at once, and is answered once", async () => {
    const to = "+12125550157";
    await send(to, "Hello");
    await work(app, agent.orgId);
    // The sandbox's 57 answers with STOP.
    await pass(app, 3);
    await work(app, agent.orgId);
    await pass(app, 3);
    // Nor to the confirmation.
    expect((await inbox()).filter(({ body }) => body === "STOP")).toHaveLength(1);
    expect(await send(to, "Are you sure?")).toMatchObject({ status: 403, body: { code: "DO_NOT_CALL" } });
    const call = await app.call("POST", "/v1/voice/calls", { key: agent.key, body: { to, ...CONSENT } });
    expect(call).toMatchObject({ status: 403, body: { code: "DO_NOT_CALL" } });
    const answers = async () => (await inbox()).filter(({ body }) => body.startsWith("You are "));
    expect(await answers()).toHaveLength(1);
    expect((await answers())[0]?.body).toContain("unsubscribed");

    await receive(to, "stop!");
    await work(app, agent.orgId);
    expect(await answers()).toHaveLength(1);
  });

  it("is lifted by START, which is answered too", async () => {
    const to = "+12125550108";
    await receive(to, "Unsubscribe.");
    expect(await send(to, "Are you sure?")).toMatchObject({ status: 403, body: { code: "DO_NOT_CALL" } });
    await receive(to, "Start");
    expect(await send(to, "Welcome back")).toMatchObject({ status: 201 });
    const names = (await eventsOf(app, agent.orgId, { channel: "sms" })).map(({ event }) => event);
    expect(names.filter((name) => name.startsWith("sms.opted"))).toEqual(["sms.opted_in", "sms.opted_out"]);
    const answers = (await inbox()).filter(({ metadata }) => metadata.answers !== undefined);
    expect(answers.map(({ metadata }) => metadata.answers)).toEqual(["start", "stop"]);
  });

  it("only as the whole of a text", async () => {
    await receive("+12125550106", "Please do not stop, I like it");
    await receive("+12125550106", "help");
    await work(app, agent.orgId);
    const texts = await inbox();
    expect(texts.filter(({ direction }) => direction === "OUTBOUND")).toMatchObject([
      { metadata: { answers: "help" } },
    ]);
    expect(await send("+12125550106", "Hi")).toMatchObject({ status: 201 });
  });
});

describe("a number", () => {
  const numbers = async () => {
    const { body } = await app.call<{ items: { phoneNumber: string; isPrimary: boolean }[] }>(
      "GET",
      `/v1/phone/numbers?agentId=${agent.id}`,
      { key: agent.key },
    );
    return body.items;
  };

  it("is found, bought within the plan, shown with its agent and given back", async () => {
    agent = await makePhoneAgent(app, "FREE");
    const found = await app.call<{ items: object[] }>(
      "GET",
      "/v1/phone/search?areaCode=305&capabilities[]=sms&limit=3",
      {
        key: agent.key,
      },
    );
    expect(found.body.items).toHaveLength(3);
    expect(found.body.items[0]).toMatchObject({
      phoneNumber: expect.stringMatching(/^\+1305/),
      capabilities: { sms: true },
    });
    expect(await numbers()).toMatchObject([{ phoneNumber: agent.number, isPrimary: true }]);
    const { body: view } = await app.call("GET", `/v1/agents/${agent.id}`, { key: agent.key });
    expect(view).toMatchObject({
      phoneIdentities: [{ phoneNumber: agent.number, provider: "SANDBOX" }],
      readiness: { canSendSms: true, canPlaceVoiceCall: true },
    });
    const buy = () => app.call("POST", "/v1/phone/provision", { key: agent.masterKey, body: { agentId: agent.id } });
    expect(await buy()).toMatchObject({
      status: 402,
      body: { code: "PAYMENT_REQUIRED", details: { resource: "phone_numbers" } },
    });
    const release = { key: agent.masterKey, body: { phoneNumber: agent.number } };
    expect(await app.call("POST", "/v1/phone/release", release)).toMatchObject({
      status: 200,
      body: { success: true },
    });
    expect((await app.call("POST", "/v1/phone/release", release)).status).toBe(404);
    await work(app, agent.orgId);
    expect(await app.runtime.db.prisma.sandboxNumber.count({ where: { orgId: agent.orgId } })).toBe(0);
    expect(await send("+12125550107", "Hi")).toMatchObject({ status: 409, body: { code: "PHONE_NOT_PROVISIONED" } });
    expect((await buy()).status).toBe(201);
  });

  it("goes back when its agent is deleted", async () => {
    await app.call("DELETE", `/v1/agents/${agent.id}`, { key: agent.masterKey });
    await work(app, agent.orgId);
    expect(await app.runtime.db.prisma.sandboxNumber.count({ where: { orgId: agent.orgId } })).toBe(0);
    const names = (await eventsOf(app, agent.orgId, { channel: "voice" })).map(({ event }) => event);
    expect(names).toEqual(["voice.number.released", "voice.number.provisioned"]);
  });

  it("is charged from the month on in which the plan does not include it, and again each month", async () => {
    agent = await makePhoneAgent(app, "STARTER");
    const other = await makePhoneAgent(app, "STARTER", agent);
    const lines = async (period: string) => {
      const { body } = await app.call<{ meters: { meter: string }[] }>("GET", `/v1/billing/usage?period=${period}`, {
        key: agent.masterKey,
      });
      return body.meters.find(({ meter }) => meter === "phone_numbers");
    };
    expect(await lines("2026-11")).toMatchObject({ quantity: 2, billable: 1, micros: 2_000_000 });
    await renewNumbers(app.runtime);
    expect(await lines("2026-11")).toMatchObject({ quantity: 2 });
    app.clock.set(new Date("2026-12-01T00:30:00Z"));
    while (await renewNumbers(app.runtime));
    await renewNumbers(app.runtime);
    expect(await lines("2026-12")).toMatchObject({ quantity: 2, billable: 1, micros: 2_000_000 });
    // One that takes the place of those that were released: their month stays paid.
    const release = (phoneNumber: string) =>
      app.call("POST", "/v1/phone/release", { key: agent.masterKey, body: { phoneNumber } });
    for (const phoneNumber of [agent.number, other.number]) expect((await release(phoneNumber)).status).toBe(200);
    await app.call("POST", "/v1/phone/provision", { key: agent.masterKey, body: { agentId: agent.id } });
    expect(await lines("2026-12")).toMatchObject({ quantity: 3, included: 1, billable: 2, micros: 4_000_000 });
  });
});
