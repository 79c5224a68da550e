import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "#server/platform/ids.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { makePhoneAgent, NOON, type PhoneAgent, work } from "../../../test/support/phone.ts";
import { resolveAgent } from "../agents/resolve.ts";
import { eventsOf } from "../agents/test-support.ts";
import type { Context } from "../context.ts";
import { KeyTaken } from "../idempotency/claim.ts";
import { makeAgent, type TestAgent } from "../messages/test-support.ts";
import { type Carrier, CarrierRefused, CarrierUnsure } from "../phone/carrier.ts";
import { buyOrdered } from "./buy-ordered.ts";
import { askedWith, settleOrder, writeOrder } from "./order.ts";
import { provisionNumber } from "./provision.ts";
import { returnNumber, returnNumbers } from "./release.ts";
import type { PhoneIdentity } from "./schemas.ts";
import { settleLeftOrders } from "./settle.ts";

let app: TestApp;
let agent: TestAgent;
let real: Carrier;

beforeAll(async () => {
  app = await startTestApp();
  real = app.runtime.carrier;
});
afterAll(() => app.close());
beforeEach(async () => {
  app.clock.set(NOON);
  carrierWith({});
  // A plan with room for one number.
  agent = await makeAgent(app, (await app.organisation("FREE")) as TestAgent);
});

/** The sandbox, but for what the test has it do. */
function carrierWith(parts: Partial<Carrier>): void {
  Object.assign(app.runtime, { carrier: { ...real, ...parts } });
}
/** Takes an order, and its answer is lost. */
const loseAnswers = () =>
  carrierWith({
    buyNumber: async (phoneNumber, order) => {
      await real.buyNumber(phoneNumber, order);
      throw new CarrierUnsure("no answer");
    },
  });

const buy = (idempotencyKey?: string) =>
  app.call<PhoneIdentity & { code: string }>("POST", "/v1/phone/provision", {
    key: agent.masterKey,
    body: { agentId: agent.id, areaCode: "213" },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  });
const numbers = async () =>
  (await app.call<{ items: PhoneIdentity[] }>("GET", "/v1/phone/numbers", { key: agent.masterKey })).body.items;
const orders = () => app.runtime.db.prisma.numberOrder.findMany({ where: { orgId: agent.orgId } });
const atTheCarrier = () => app.runtime.db.prisma.sandboxNumber.findMany({ where: { orgId: agent.orgId } });
const numberEvents = async () =>
  (await eventsOf(app, agent.orgId, { channel: "voice" })).map(({ event, actorType }) => ({ event, actorType }));
const charged = () =>
  app.runtime.db.prisma.usageRecord.count({ where: { orgId: agent.orgId, meter: "phone_numbers" } });
/** What the task does once whoever wrote the orders must be gone. */
async function settleLater(): Promise<void> {
  await app.runtime.db.pool.query("UPDATE number_order SET asked_at = asked_at - interval '61 seconds'");
  await settleLeftOrders(app.runtime);
}

it.each([
  ["+14165550250", "CA", "local"],
  ["+18885550250", "US", "toll_free"],
])("%s is bought as what its digits say: %s, %s", async (phoneNumber, countryCode, numberType) => {
  const { status, body } = await app.call("POST", "/v1/phone/provision", {
    key: agent.masterKey,
    body: { agentId: agent.id, phoneNumber },
  });
  expect({ status, ...body }).toMatchObject({ status: 201, phoneNumber, countryCode, numberType });
});

describe("a number whose purchase was not answered", () => {
  it("counts as held, and becomes the agent's when the carrier turns out to have it", async () => {
    loseAnswers();
    expect(await buy("k1")).toMatchObject({ status: 502, body: { code: "PHONE_PROVIDER_ERROR" } });
    expect(await numbers()).toEqual([]);
    expect(await buy()).toMatchObject({ status: 402, body: { code: "PAYMENT_REQUIRED" } });
    await settleLeftOrders(app.runtime);
    // Whoever has written it may still be asking.
    expect(await orders()).toHaveLength(1);
    await settleLater();
    const [number] = await numbers();
    expect(number).toMatchObject({ agentId: agent.id, isPrimary: true });
    expect((await atTheCarrier()).map(({ phoneNumber }) => phoneNumber)).toEqual([number?.phoneNumber]);
    expect(await orders()).toEqual([]);
    expect((await numberEvents())[0]).toEqual({ event: "voice.number.provisioned", actorType: "API_KEY" });
    expect(await charged()).toBe(1);
    const repeated = await buy("k1");
    expect({ status: repeated.status, body: repeated.body }).toEqual({ status: 201, body: number });
    expect(repeated.headers.get("idempotent-replayed")).toBe("true");
  });

  it("is bought by a repeat of the request, once", async () => {
    loseAnswers();
    expect((await buy("k1")).status).toBe(502);
    carrierWith({});
    expect((await buy("k1")).status).toBe(201);
    expect(await numbers()).toHaveLength(1);
    expect(await atTheCarrier()).toHaveLength(1);
    expect(await orders()).toEqual([]);
  });

  it("a repeat that does not reach the carrier gives up nothing", async () => {
    loseAnswers();
    expect((await buy("k1")).status).toBe(502);
    carrierWith({ buyNumber: () => Promise.reject(new CarrierRefused("unavailable", "no connection", true)) });
    expect((await buy("k1")).status).toBe(502);
    expect(await orders()).toHaveLength(1);
  });

  it("is forgotten where the carrier does not have it, and its room is free again", async () => {
    carrierWith({ buyNumber: () => Promise.reject(new CarrierUnsure("no answer")) });
    expect((await buy()).status).toBe(502);
    carrierWith({});
    expect((await buy()).status).toBe(402);
    await settleLater();
    expect(await orders()).toEqual([]);
    expect((await buy()).status).toBe(201);
  });

  it("stays an order while the carrier cannot say; one that it refused is none", async () => {
    carrierWith({ buyNumber: () => Promise.reject(new CarrierRefused("not_available", "gone", false)) });
    expect((await buy()).status).toBe(409);
    expect(await orders()).toEqual([]);
    loseAnswers();
    expect((await buy()).status).toBe(502);
    carrierWith({ findNumber: () => Promise.reject(new CarrierRefused("unavailable", "no connection", true)) });
    await settleLater();
    expect(await orders()).toHaveLength(1);
    carrierWith({});
    await settleLater();
    expect(await numbers()).toHaveLength(1);
  });

  it("goes back, uncharged, where its agent was deleted meanwhile", async () => {
    loseAnswers();
    expect((await buy()).status).toBe(502);
    await app.call("DELETE", `/v1/agents/${agent.id}`, { key: agent.masterKey });
    carrierWith({});
    await settleLater();
    expect(await atTheCarrier()).toHaveLength(1);
    await work(app, agent.orgId);
    expect(await atTheCarrier()).toEqual([]);
    expect(await numbers()).toEqual([]);
    expect(await charged()).toBe(0);
    expect((await numberEvents())[0]?.event).toBe("voice.number.released");
  });

  it("is ordered once by two processes that have the same request", async () => {
    const claim = { scope: agent.orgId, principal: "master", key: "k1", fingerprint: Buffer.alloc(32, 1) };
    const ctx: Context = {
      services: app.runtime,
      principal: { kind: "master", orgId: agent.orgId, tier: "FREE", keyId: "key", scopes: ["*"] },
      requestId: null,
      correlationId: "corr_twins",
      correlationGiven: true,
      claim,
    };
    const ask = () => provisionNumber(ctx, { agentId: agent.id }).catch((error: unknown) => error);
    const answers = await Promise.all([ask(), ask()]);
    // One whose twin was done meanwhile is answered with what that one was.
    const bought = answers.filter((answer) => !(answer instanceof KeyTaken));
    expect(await numbers()).toHaveLength(1);
    for (const answer of bought) expect(answer).toEqual((await numbers())[0]);
    expect(await charged()).toBe(1);
    const profile = await resolveAgent(ctx, agent.id);
    const wanted = { phoneNumber: "+12135550999", countryCode: "US", numberType: "local" };
    await expect(writeOrder(ctx, profile, wanted)).rejects.toBeInstanceOf(KeyTaken);
  });

  it("is not held up by as many others as there are connections to the database", async () => {
    const buys = Array.from({ length: 20 }, (_, n) =>
      app.call("POST", "/v1/phone/provision", {
        key: agent.masterKey,
        body: { agentId: agent.id },
        idempotencyKey: `n${n}`,
      }),
    );
    const statuses = (await Promise.all(buys)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 402)).toHaveLength(19);
  });

  it("is settled once by whoever comes first, and goes back where its order was given up", async () => {
    loseAnswers();
    await buy();
    const [order] = await orders();
    if (!order) throw new Error("there is no order");
    const bought = await real.findNumber(order.phoneNumber as string, askedWith(order));
    if (!bought) throw new Error("the carrier does not have it");
    const settle = () => settleOrder(app.runtime, order, bought);
    const [first, second] = await Promise.all([settle(), settle()]);
    expect(first).toMatchObject({ id: order.id });
    expect(second).toEqual(first);
    expect(await charged()).toBe(1);
    const other = { ...order, id: newId() };
    const unwanted = { ...bought, phoneNumber: "+12135550999", providerId: "sbn_unwanted" };
    expect(await settleOrder(app.runtime, other, unwanted)).toBeNull();
    const released = { orgId: agent.orgId, phoneNumber: "+12135550999", releasedAt: { not: null }, returnedAt: null };
    expect(await app.runtime.db.prisma.phoneNumber.count({ where: released })).toBe(1);
  });
});

describe("a number that is wanted with a new agent", () => {
  type Created = { id: string; phoneIdentities: PhoneIdentity[]; readiness: { blockers: { code: string }[] } };
  const create = (name: string, fields: Record<string, unknown> = {}) =>
    app.call<Created & { code: string }>("POST", "/v1/agents", {
      key: agent.masterKey,
      body: { name, provisionPhone: true },
      ...fields,
    });
  const read = async (id: string) =>
    (await app.call<Created>("GET", `/v1/agents/${id}`, { key: agent.masterKey })).body;
  const blockersOf = ({ readiness }: Created) =>
    readiness.blockers.map(({ code }) => code).filter((code) => code.startsWith("PHONE_"));

  it("is bought once, and is its own a moment later, however often the request is repeated", async () => {
    const made = await create("Caller", { idempotencyKey: "k1" });
    expect(made).toMatchObject({ status: 201, body: { phoneIdentities: [] } });
    expect(blockersOf(made.body)).toEqual(["PHONE_ORDERED"]);
    expect((await create("Caller", { idempotencyKey: "k1" })).body).toEqual(made.body);
    await work(app, agent.orgId);
    const bought = await read(made.body.id);
    expect(bought.phoneIdentities).toMatchObject([{ agentId: made.body.id, isPrimary: true, numberType: "local" }]);
    expect(blockersOf(bought)).toEqual([]);
    expect(await atTheCarrier()).toHaveLength(1);
    expect(await charged()).toBe(1);
    const [event] = await eventsOf(app, agent.orgId, { event: "voice.number.provisioned" });
    const [created] = await eventsOf(app, agent.orgId, { event: "agent.created", agentId: made.body.id });
    expect(event).toMatchObject({ agentId: made.body.id, correlationId: created?.correlationId });
  });

  it("counts from then on: the plan's room is asked for at once, and without it there is no agent either", async () => {
    expect((await create("First")).status).toBe(201);
    const refused = await create("Second");
    expect(refused).toMatchObject({ status: 402, body: { details: { resource: "phone_numbers", capUnits: 1 } } });
    expect((await eventsOf(app, agent.orgId, { event: "voice.number.refused" }))[0]).toMatchObject({
      result: "DENIED",
      agentId: null,
    });
    expect((await buy()).status).toBe(402);
    expect(await app.runtime.db.prisma.agent.count({ where: { orgId: agent.orgId, name: "Second" } })).toBe(0);
  });

  it("needs a key that may buy one", async () => {
    const { body } = await app.call<{ key: string }>("POST", "/v1/api-keys", {
      key: agent.masterKey,
      body: { name: "hiring", scopes: ["agents:write"] },
    });
    const key = body.key;
    expect((await create("Mute", { key, body: { name: "Mute" } })).status).toBe(201);
    expect(await create("Loud", { key })).toMatchObject({ status: 403 });
  });

  it("is another one where somebody was quicker", async () => {
    const { body } = await create("Late");
    const taken: string[] = [];
    carrierWith({
      buyNumber: async (phoneNumber, order) => {
        if (order.orgId !== agent.orgId || taken.length === 2) return real.buyNumber(phoneNumber, order);
        taken.push(phoneNumber);
        throw new CarrierRefused("not_available", "gone", false);
      },
    });
    await work(app, agent.orgId);
    expect(taken).toHaveLength(2);
    expect((await read(body.id)).phoneIdentities).toHaveLength(1);
    expect(await orders()).toEqual([]);
  });

  it("is bought later where the carrier does not answer, by the job or by what looks after orders", async () => {
    const { body } = await create("Patient");
    const [order] = await orders();
    const key = { orgId: agent.orgId, id: order?.id as string };
    carrierWith({ searchNumbers: () => Promise.reject(new CarrierRefused("unavailable", "no connection", true)) });
    await expect(buyOrdered(app.runtime, key)).rejects.toThrow("no connection");
    await settleLater();
    expect(await orders()).toHaveLength(1);
    loseAnswers();
    await settleLater();
    expect(await orders()).toMatchObject([{ phoneNumber: expect.any(String) }]);
    carrierWith({});
    await settleLater();
    await buyOrdered(app.runtime, key);
    expect(await orders()).toEqual([]);
    expect((await read(body.id)).phoneIdentities).toHaveLength(1);
    expect(await atTheCarrier()).toHaveLength(1);
  });

  it.each<[string, Partial<Carrier>]>([
    ["none_for_sale", { searchNumbers: async () => [] }],
    ["twilio_21649", { buyNumber: () => Promise.reject(new CarrierRefused("twilio_21649", "no bundle", false)) }],
    ["not_available", { buyNumber: () => Promise.reject(new CarrierRefused("not_available", "gone", false)) }],
  ])("is given up where the carrier has none to give: %s", async (reason, parts) => {
    const { body } = await create("Numberless");
    carrierWith(parts);
    await work(app, agent.orgId);
    expect(await orders()).toEqual([]);
    const [event] = await eventsOf(app, agent.orgId, { event: "voice.number.failed" });
    expect(event).toMatchObject({ result: "FAILURE", agentId: body.id, data: { reason } });
    expect(await charged()).toBe(0);
    carrierWith({});
    expect((await buy()).status).toBe(201);
  });

  it("is not bought for an agent that was deleted meanwhile", async () => {
    const { body } = await create("Brief");
    await app.call("DELETE", `/v1/agents/${body.id}`, { key: agent.masterKey });
    await work(app, agent.orgId);
    expect(await atTheCarrier()).toEqual([]);
    expect(await orders()).toEqual([]);
  });
});

describe("a number that was released", () => {
  let holder: PhoneAgent;
  const row = () => app.runtime.db.prisma.phoneNumber.findFirstOrThrow({ where: { orgId: holder.orgId } });
  const release = () =>
    app.call("POST", "/v1/phone/release", { key: holder.masterKey, body: { phoneNumber: holder.number } });
  beforeEach(async () => {
    holder = await makePhoneAgent(app);
    await release();
  });

  it("is told to the carrier until it has taken it back, however it refuses", async () => {
    const { orgId, id } = await row();
    carrierWith({ releaseNumber: () => Promise.reject(new CarrierRefused("20003", "Authenticate", false)) });
    await expect(returnNumber(app.runtime, { orgId, id })).rejects.toThrow("Authenticate");
    expect(await row()).toMatchObject({ returnedAt: null });
    app.clock.advanceSeconds(4 * 86_400);
    await returnNumbers(app.runtime);
    expect(await row()).toMatchObject({ returnedAt: null });
    carrierWith({});
    await returnNumbers(app.runtime);
    expect(await row()).toMatchObject({ returnedAt: app.clock.now() });
    expect(await app.runtime.db.prisma.sandboxNumber.count({ where: { orgId } })).toBe(0);
  });

  it("is not taken from whoever the carrier has sold it to meanwhile", async () => {
    const { orgId, id, providerId } = await row();
    const asked: string[] = [];
    carrierWith({ releaseNumber: async (provider) => void asked.push(provider) });
    const bought = { phoneNumber: holder.number, providerId, capabilities: [] };
    await app.runtime.db.prisma.phoneNumber.create({
      data: { ...(await row()), ...bought, id: newId(), releasedAt: null },
    });
    await returnNumber(app.runtime, { orgId, id });
    expect(asked).toEqual([]);
    const where = { orgId_id: { orgId, id } };
    expect(await app.runtime.db.prisma.phoneNumber.findUnique({ where })).toMatchObject({
      returnedAt: app.clock.now(),
    });
  });
});
