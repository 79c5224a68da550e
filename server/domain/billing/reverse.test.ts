import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { deliverMessage } from "../email/deliver.ts";
import type { MailGateway, RecipientOutcome } from "../email/gateway.ts";
import { openTransaction } from "../transaction.ts";
import { applyPlans, queueChangedPlans } from "./apply-plans.ts";
import { toRefusal } from "./refusal.ts";
import { expireReservations, reserve, settle } from "./reservations.ts";
import { LimitReached } from "./spend.ts";

let app: TestApp;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-plans-"));
  const email_sent = { included: 2, unitMicros: 300, quota: 20 };
  const plans = { STARTER: { defaultCapCents: null, meters: { email_sent } } };
  await writeFile(join(folder, "plans.json"), JSON.stringify(plans));
  app = await startTestApp({ PLANS_FILE: join(folder, "plans.json"), SMTP_RELAY_URL: "smtp://relay.test" });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => app.clock.set(new Date("2027-01-30T12:00:00Z")));

async function makeStarter() {
  const { orgId, masterKey } = await app.organisation("STARTER");
  return { orgId, masterKey, ...(await app.agent(masterKey)) };
}
const send = (agent: { key: string }) =>
  app.call<{ id: string; details: { remediation: { plan: string } } }>("POST", "/v1/email/send", {
    key: agent.key,
    body: { to: "human@example.com", subject: "Hello", body: "Hello" },
  });

/** Delivers a mail to a peer that answers this to every recipient; nobody tries again. */
function deliver(orgId: string, messageId: string, outcome: Omit<RecipientOutcome, "recipient">): Promise<void> {
  const answer = async ({ envelope }: { envelope: { to: string[] } }) =>
    envelope.to.map((recipient) => ({ recipient, ...outcome }));
  const gateway: MailGateway = {
    send: answer,
    deliverHere: answer,
    compose: async () => Buffer.from("mail"),
    generateDkimKeys: async () => [],
    nextAttemptDelaySeconds: () => null,
  };
  return deliverMessage(app.runtime, gateway, { orgId, messageId });
}

describe("a mail that no server answered for", () => {
  it("is taken back by a counter-record, a charged unit first; one that was refused is not; no record is changed", async () => {
    const agent = await makeStarter();
    const [unanswered, refused] = [await send(agent), await send(agent)];
    await send(agent);
    await deliver(agent.orgId, unanswered?.body.id ?? "", { result: "deferred", code: null, response: "no route" });
    await deliver(agent.orgId, refused?.body.id ?? "", { result: "bounced", code: 550, response: "550 no such user" });
    const { pool } = app.runtime.db;
    const { rows } = await pool.query(
      "SELECT quantity, billable, micros::int FROM usage_record WHERE org_id = $1 AND reverses IS NOT NULL",
      [agent.orgId],
    );
    expect(rows).toEqual([{ quantity: -1, billable: -1, micros: -300 }]);
    const { body } = await app.call("GET", "/v1/billing/usage", { key: agent.masterKey });
    expect(body).toMatchObject({ usage: { message_sent: 2 }, totalMicros: 0 });
    for (const change of ["UPDATE usage_record SET micros = 0", "DELETE FROM usage_record"]) {
      await expect(pool.query(`${change} WHERE org_id = $1`, [agent.orgId])).rejects.toThrow(/append-only/);
    }
  });
});

describe("a reservation", () => {
  it("counts against the cap until it is settled or expires, and is ended once", async () => {
    const agent = await makeStarter();
    await app.call("PUT", "/v1/billing/hard-cap", {
      key: agent.masterKey,
      body: { meters: { voice: { capUnits: 110 } } },
    });
    const order = {
      orgId: agent.orgId,
      agentId: agent.id,
      meter: "voice_minutes_basic",
      units: 105,
      day: "2027-01-30",
      resourceId: "call",
      expiresAt: new Date("2027-01-30T13:00:00Z"),
    } as const;
    const id = await reserve(app.runtime, order);
    await expect(reserve(app.runtime, order)).rejects.toThrow(LimitReached);
    const { body } = await app.call("GET", "/v1/billing/hard-cap", { key: agent.masterKey });
    // A hundred minutes are included, five cost 8 cents each.
    expect(body).toMatchObject({ usage: { voice: { month: { usedUnits: 105, usedCents: 40, reservedCents: 40 } } } });
    const end = () => openTransaction(app.runtime, (tx) => settle(tx, agent.orgId, id, 101, app.clock.now()));
    expect(await end()).toMatchObject({ quantity: 101, billable: 1, micros: 80_000n, day: "2027-01-30" });
    expect(await end()).toBeNull();

    await reserve(app.runtime, { ...order, units: 9 });
    await expect(reserve(app.runtime, { ...order, units: 1 })).rejects.toThrow(LimitReached);
    app.clock.set(order.expiresAt);
    expect(await expireReservations(app.runtime)).toBe(false);
    await reserve(app.runtime, { ...order, units: 9 });
  });
});

describe("a call", () => {
  it("counts for the day on which it begins, also where it ends in another month", async () => {
    const agent = await makeStarter();
    app.clock.set(new Date("2027-01-31T23:58:00Z"));
    const voice = { capUnits: 120, daily: { capUnits: 115 } };
    await app.call("PUT", "/v1/billing/hard-cap", { key: agent.masterKey, body: { meters: { voice } } });
    const order = { orgId: agent.orgId, agentId: agent.id, meter: "voice_minutes_basic", resourceId: "call" } as const;
    const expiresAt = new Date("2027-02-01T02:00:00Z");
    const january = await reserve(app.runtime, { ...order, units: 110, day: "2027-01-31", expiresAt });

    app.clock.set(new Date("2027-02-01T00:01:00Z"));
    const february = await reserve(app.runtime, { ...order, units: 115, day: "2027-02-01", expiresAt });
    const end = (id: string, minutes: number) =>
      openTransaction(app.runtime, (tx) => settle(tx, agent.orgId, id, minutes, app.clock.now()));
    // Of the ten that were beyond the hundred included ones seven go back, and nothing of it to February.
    expect(await end(january, 103)).toMatchObject({ billable: 3, micros: 240_000n, day: "2027-01-31" });
    await expect(reserve(app.runtime, { ...order, units: 1, day: "2027-02-01", expiresAt })).rejects.toThrow(
      LimitReached,
    );
    expect(await end(february, 20)).toMatchObject({ billable: 0, micros: 0n, day: "2027-02-01" });
    await reserve(app.runtime, { ...order, units: 95, day: "2027-02-01", expiresAt });
  });

  it("is one of those that the plan allows a day", async () => {
    const { orgId, masterKey } = await app.organisation("FREE");
    const agent = await app.agent(masterKey);
    const order = { orgId, agentId: agent.id, meter: "voice_calls", units: 1, resourceId: "call" } as const;
    const call = (day: string) => reserve(app.runtime, { ...order, day, expiresAt: new Date("2027-03-01T00:00:00Z") });
    for (let calls = 0; calls < 4; calls++) await call("2027-01-30");
    const refused = await call("2027-01-30").catch((error) => error);
    const { message, details } = await toRefusal(app.runtime, orgId, refused);
    expect(message).toBe("The plan FREE allows 4 calls a day, and 4 are used.");
    expect(details).toMatchObject({
      resource: "voice",
      source: "plan",
      scope: "org",
      period: "day",
      capUnits: 4,
      usedUnits: 4,
      resetsAt: "2027-01-31T00:00:00.000Z",
      remediation: { plan: "STARTER", hint: "The plan STARTER allows more of it." },
    });
    app.clock.set(new Date("2027-01-31T12:00:00Z"));
    await call("2027-01-31");
  });
});

describe("other plans than before", () => {
  it("are applied to what exists, without changing what something has cost", async () => {
    const agent = await makeStarter();
    for (let mail = 0; mail < 4; mail++) await send(agent);
    const plans = structuredClone(app.runtime.config.plans);
    plans.STARTER.meters.email_sent = { included: 10, unitMicros: 100, quota: 5, dailyQuota: null };
    const changed = { ...app.runtime, config: { ...app.runtime.config, plans } };
    await applyPlans(changed);
    await queueChangedPlans(changed);
    expect([(await send(agent)).status, (await send(agent)).status]).toEqual([201, 402]);
    const { body } = await app.call("GET", "/v1/billing/usage", { key: agent.masterKey });
    // Two beyond the two that were included then; the fifth is among the ten that are now.
    expect(body).toMatchObject({ usage: { message_sent: 5 }, totalMicros: 600 });
  });
});
