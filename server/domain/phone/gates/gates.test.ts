import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Dial, dialler } from "../../../../test/rest/support/gated.ts";
import { startTestApp, type TestApp } from "../../../../test/support/app.ts";
import { answerLookUps, type LookUps } from "../../../../test/support/look-ups.ts";
import { makeAgent, type TestAgent } from "../../messages/test-support.ts";
import { openTransaction } from "../../transaction.ts";
import { CONSENT_SOURCE_NAMES } from "../law/consent-sources.ts";
import { optOut } from "../opt-outs/opt-out.ts";
import { sweepAttempts } from "./attempts.ts";
import { GATES } from "./types.ts";

let app: TestApp;
let agent: TestAgent;
let lookUps: LookUps;
let dial: Dial;
let last = 0;

// A Tuesday, and noon where the numbers are.
const NOON = new Date("2026-11-24T12:00:00-08:00");
const DAY = 24 * 3_600;
const CONSENT = { consent_source: "business-relationship" };

/** A number that no test has dialled yet. */
const freshNumber = () => `+1415555${String(++last).padStart(4, "0")}`;

beforeAll(async () => {
  app = await startTestApp();
  lookUps = answerLookUps(app);
  dial = dialler(app);
});
beforeEach(async () => {
  app.clock.set(NOON);
  agent = await makeAgent(app);
  lookUps.asked.length = 0;
});
afterAll(() => app.close());

type Order = Partial<Parameters<Dial>[1]>;
const call = (order: Order) => dial(agent.key, { agentId: agent.id, to: "+14155550142", metadata: CONSENT, ...order });
const text = (order: Order) => call({ channel: "sms", ...order });
const asMaster = (method: string, path: string, body?: unknown) =>
  app.call<Record<string, unknown> & { id: string }>(method, path, { key: agent.masterKey, ...(body ? { body } : {}) });

type Gate = { gate: string; verdict: string; code: string | null; facts: Record<string, unknown> };
const gatesOf = ({ body }: { body: Record<string, unknown> }) => body.gates as Gate[];
const refusing = (answer: { body: Record<string, unknown> }) =>
  gatesOf(answer).flatMap(({ gate, verdict }) => (verdict === "refuse" ? [gate] : []));

async function events(): Promise<
  { event: string; result: string; data: Record<string, unknown>; private?: unknown }[]
> {
  const { body } = await asMaster("GET", "/v1/audit/events?order=desc");
  return body.items as never;
}

describe("what was dialled", () => {
  it("is forgotten once it counts no more, many at a time, and what still counts stays", async () => {
    const to = freshNumber();
    const { pool } = app.runtime.db;
    await pool.query(
      `INSERT INTO dial_attempt (org_id, phone_number, channel, id, agent_id, resource_id, at)
       SELECT $1, '+1212555' || lpad(n::text, 4, '0'), 'voice', n, $2, 'call', $3::timestamptz - interval '24 hours'
       FROM generate_series(1, 5_001) AS n`,
      [agent.orgId, agent.id, NOON],
    );
    for (let count = 0; count < 3; count++) expect((await call({ to })).status).toBe(200);
    expect(await sweepAttempts(app.runtime)).toBe(true);
    expect(await sweepAttempts(app.runtime)).toBe(false);
    const { rows } = await pool.query("SELECT phone_number FROM dial_attempt WHERE org_id = $1", [agent.orgId]);
    expect(rows).toEqual(Array(3).fill({ phone_number: to }));
    expect(await call({ to })).toMatchObject({ status: 429, body: { code: "VOICE_RATE_LIMIT_EXCEEDED" } });
  });
});

describe("a dry run", () => {
  it("shows what every gate says, in their order, and uses nothing", async () => {
    const to = freshNumber();
    const answer = await call({ to, dry: true });
    expect(answer.status).toBe(200);
    expect(answer.body.allowed).toBe(true);
    expect(gatesOf(answer).map(({ gate, verdict, code }) => ({ gate, verdict, code }))).toEqual(
      GATES.map((gate) => ({ gate, verdict: "allow", code: null })),
    );
    for (let count = 0; count < 12; count++) expect((await call({ to, dry: true })).body.allowed).toBe(true);
    expect((await call({ to })).status).toBe(200);
  });

  it("goes on behind a gate that refuses", async () => {
    const to = freshNumber();
    lookUps.answers.set(to, { reassigned: "yes" });
    app.clock.set(new Date("2026-11-24T03:00:00-08:00"));
    const answer = await call({ to, from: null, metadata: {}, dry: true });
    expect(answer.body.allowed).toBe(false);
    expect(refusing(answer)).toEqual(["plan", "consent", "reassigned", "calling_hours"]);
    expect(await events()).not.toContainEqual(expect.objectContaining({ event: "voice.call.refused" }));
  });
});

describe("a refusal", () => {
  it("answers the first gate's error, and its event holds what all of them looked at, apart from what is personal", async () => {
    const to = freshNumber();
    const answer = await call({ to, metadata: { consent_source: "because" } });
    expect(answer).toMatchObject({
      status: 403,
      body: { code: "CONSENT_REQUIRED", details: { gate: "consent", allowed: CONSENT_SOURCE_NAMES } },
    });
    const [event] = await events();
    expect(event).toMatchObject({
      event: "voice.call.refused",
      result: "DENIED",
      data: { gate: "consent", code: "CONSENT_REQUIRED" },
    });
    expect(event?.data.gates).toMatchObject(GATES.map((gate) => ({ gate })));
    const { rows } = await app.runtime.db.pool.query<{ record: string }>(
      "SELECT record FROM event WHERE org_id = $1 AND record LIKE '%voice.call.refused%'",
      [agent.orgId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.record).not.toContain(to);
    expect(await text({ to, metadata: {} })).toMatchObject({ status: 403 });
    expect((await events())[0]).toMatchObject({ event: "sms.refused", result: "DENIED" });
  });
});

describe("plan", () => {
  it("refuses what the plan has none of, and an agent without a number", async () => {
    const free = await app.organisation("FREE");
    const poor = await app.agent(free.masterKey);
    const order = { agentId: poor.id, to: "+14155550142", metadata: CONSENT };
    expect(await dial(poor.key, { ...order, tier: "premium" })).toMatchObject({
      status: 402,
      body: { code: "PAYMENT_REQUIRED", details: { gate: "plan", remediation: { plan: "STARTER" } } },
    });
    expect(await call({ from: null })).toMatchObject({ status: 409, body: { code: "PHONE_NOT_PROVISIONED" } });
  });
});

describe("number", () => {
  it.each([
    ["hello", 400, "VALIDATION_ERROR"],
    ["+1415555", 400, "VALIDATION_ERROR"],
    ["+15555550142", 400, "VALIDATION_ERROR"],
    ["911", 403, "DESTINATION_NOT_ALLOWED"],
    ["112", 403, "DESTINATION_NOT_ALLOWED"],
    ["+1911", 403, "DESTINATION_NOT_ALLOWED"],
    ["411", 403, "DESTINATION_NOT_ALLOWED"],
    ["12345", 403, "DESTINATION_NOT_ALLOWED"],
    ["+19005550142", 403, "DESTINATION_NOT_ALLOWED"],
    ["+12129765555", 403, "DESTINATION_NOT_ALLOWED"],
    ["+442079460018", 403, "DESTINATION_NOT_ALLOWED"],
    ["+16135550142", 403, "DESTINATION_NOT_ALLOWED"],
  ])("refuses %s (%i %s), and asks nobody about it", async (to, status, code) => {
    expect(await call({ to })).toMatchObject({ status, body: { code, details: { gate: "number" } } });
    expect(lookUps.asked).toEqual([]);
  });

  it.each(["(415) 555-0142", "+1 415-555-0142", "4155550142", "+17875550142"])("takes %s", async (to) => {
    const answer = await call({ to, dry: true });
    expect(refusing(answer)).not.toContain("number");
  });

  it("allows other countries where the master key's holder names them", async () => {
    await asMaster("PUT", "/v1/phone/rules", { countries: ["US", "CA"] });
    expect((await call({ to: "+16135550142", dry: true })).body.allowed).toBe(true);
    expect(refusing(await call({ to: "+442079460018", dry: true }))).toContain("number");
  });
});

describe("consent", () => {
  it.each(CONSENT_SOURCE_NAMES)("takes %s", async (consent_source) => {
    expect((await call({ to: freshNumber(), metadata: { consent_source }, dry: true })).body.allowed).toBe(true);
  });

  it("a record is enough, a named one has to stand, and one that was taken back beats what is asserted", async () => {
    const to = freshNumber();
    const proof = { phoneNumber: to, source: "prior-express-written", evidence: "contract 7" };
    const record = await asMaster("POST", "/v1/consents", proof);
    expect((await call({ to, metadata: {}, dry: true })).body.allowed).toBe(true);
    const named = { consent_reference: record.body.id };
    expect((await call({ to, metadata: named, dry: true })).body.allowed).toBe(true);
    expect(refusing(await call({ to: freshNumber(), metadata: { ...CONSENT, ...named }, dry: true }))).toEqual([
      "consent",
    ]);

    await asMaster("POST", `/v1/consents/${record.body.id}/revoke`);
    expect(await call({ to })).toMatchObject({ status: 403, body: { code: "CONSENT_REQUIRED" } });
    expect(await text({ to })).toMatchObject({ status: 403, body: { code: "CONSENT_REQUIRED" } });
    app.clock.advanceSeconds(1);
    await asMaster("POST", "/v1/consents", proof);
    expect((await call({ to, metadata: {}, dry: true })).body.allowed).toBe(true);
  });

  it("a consent to texts is none to calls", async () => {
    const to = freshNumber();
    await asMaster("POST", "/v1/consents", {
      phoneNumber: to,
      source: "opt-in:web-form",
      evidence: "form",
      channels: ["sms"],
    });
    expect((await text({ to, metadata: {}, dry: true })).body.allowed).toBe(true);
    expect(refusing(await call({ to, metadata: {}, dry: true }))).toEqual(["consent"]);
  });

  it("a newer one to texts takes back none to calls", async () => {
    const to = freshNumber();
    const proof = { phoneNumber: to, source: "opt-in:web-form", evidence: "form" };
    const [older, newer] = ["2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"];
    await asMaster("POST", "/v1/consents", { ...proof, channels: ["voice"], givenAt: older });
    await asMaster("POST", "/v1/consents", { ...proof, channels: ["sms"], givenAt: newer });
    for (const [ask, givenAt] of [
      [call, older],
      [text, newer],
    ] as const) {
      const answer = await ask({ to, metadata: {}, dry: true });
      expect(answer.body.allowed).toBe(true);
      expect(gatesOf(answer).find(({ gate }) => gate === "consent")?.facts).toMatchObject({
        record: { givenAt: new Date(givenAt).toISOString() },
      });
    }
  });
});

describe("do not call", () => {
  it("refuses a listed number, and who said stop, on both channels", async () => {
    const [listed, stopped] = [freshNumber(), freshNumber()];
    await asMaster("POST", "/v1/phone/dnc", { phoneNumber: listed });
    await saysStop(stopped);
    for (const [to, reason] of [
      [listed, "listed"],
      [stopped, "opted_out"],
    ] as const) {
      for (const attempt of [call, text]) {
        expect(await attempt({ to })).toMatchObject({
          status: 403,
          body: { code: "DO_NOT_CALL", details: { reason } },
        });
      }
    }
    const other = await makeAgent(app);
    const theirs = { agentId: other.id, to: listed, metadata: CONSENT, dry: true };
    expect((await dial(other.key, theirs)).body.allowed).toBe(true);
  });
});

function saysStop(phoneNumber: string): Promise<boolean> {
  const origin = {
    orgId: agent.orgId,
    agentId: agent.id,
    actorType: "SYSTEM",
    actorId: "carrier",
    correlationId: "corr_stop",
  } as const;
  return openTransaction(app.runtime, (tx) =>
    optOut(app.runtime, tx, origin, { phoneNumber, channel: "sms", word: "STOP", ownNumber: "+14155550100" }),
  );
}

describe("reassigned", () => {
  const ago = (days: number) => new Date(app.clock.now().getTime() - days * DAY * 1_000);

  it("asks with the consent's date, never dials a number that changed hands, and keeps the answer 30 days", async () => {
    const to = freshNumber();
    const givenAt = ago(100).toISOString();
    await asMaster("POST", "/v1/consents", { phoneNumber: to, source: "opt-in:web-form", evidence: "form", givenAt });
    lookUps.answers.set(to, { reassigned: "yes" });
    const refused = { status: 403, body: { code: "NUMBER_REASSIGNED", details: { since: givenAt } } };
    expect(await call({ to })).toMatchObject(refused);
    expect(lookUps.asked).toEqual([{ phoneNumber: to, since: new Date(givenAt) }]);
    expect(await text({ to })).toMatchObject(refused);
    app.clock.advanceSeconds(29 * DAY);
    expect(await call({ to })).toMatchObject(refused);
    expect(lookUps.asked).toHaveLength(1);
    app.clock.advanceSeconds(DAY);
    lookUps.answers.set(to, { reassigned: "no" });
    expect((await call({ to })).status).toBe(200);
    expect(lookUps.asked).toHaveLength(2);
  });

  it("asks about the longest time that an assertion can reach back, and asks anew for a longer one", async () => {
    const to = freshNumber();
    await call({ to, metadata: { consent_source: "customer-initiated" }, dry: true });
    await call({ to, metadata: { consent_source: "customer-initiated" }, dry: true });
    expect(lookUps.asked.map(({ since }) => since)).toEqual([ago(90)]);
    await call({ to, metadata: CONSENT, dry: true });
    expect(lookUps.asked.map(({ since }) => since)).toEqual([ago(90), ago(548)]);
    // That answers for the shorter one too.
    await call({ to, metadata: { consent_source: "customer-initiated" }, dry: true });
    expect(lookUps.asked).toHaveLength(2);
  });

  it("where nobody knows, only a consent on record that is young enough will do", async () => {
    const to = freshNumber();
    lookUps.answers.set(to, { reassigned: "no_data" });
    expect(await call({ to })).toMatchObject({
      status: 403,
      body: { code: "NUMBER_REASSIGNED", details: { reason: "no_data" } },
    });
    const givenAt = ago(29).toISOString();
    await asMaster("POST", "/v1/consents", { phoneNumber: to, source: "opt-in:web-form", evidence: "form", givenAt });
    expect((await call({ to, dry: true })).body.allowed).toBe(true);
    await asMaster("PUT", "/v1/phone/rules", { noDataConsentDays: 29 });
    expect(refusing(await call({ to, dry: true }))).toEqual(["reassigned"]);
    await asMaster("PUT", "/v1/phone/rules", { noDataConsentDays: 30 });
    app.clock.advanceSeconds(DAY);
    expect(refusing(await call({ to, dry: true }))).toEqual(["reassigned"]);
  });

  it("a look-up that fails refuses, and the next one may succeed", async () => {
    const to = freshNumber();
    lookUps.answers.set(to, "fails");
    expect(await call({ to })).toMatchObject({
      status: 503,
      body: { code: "SERVICE_UNAVAILABLE", details: { gate: "reassigned" } },
    });
    expect((await events())[0]).toMatchObject({ event: "voice.call.refused", data: { gate: "reassigned" } });
    lookUps.answers.delete(to);
    expect((await call({ to })).status).toBe(200);
  });
});

describe("calling hours", () => {
  it("names the moment at which the same call goes through, and a second before it does not", async () => {
    const to = freshNumber();
    app.clock.set(new Date("2026-11-24T03:00:00-08:00"));
    const answer = await call({ to });
    expect(answer).toMatchObject({
      status: 403,
      body: { code: "OUTSIDE_CALLING_HOURS", details: { nextAllowedAt: "2026-11-24T16:00:00.000Z" } },
    });
    app.clock.set(new Date("2026-11-24T15:59:59Z"));
    expect((await call({ to })).status).toBe(403);
    app.clock.set(new Date("2026-11-24T16:00:00Z"));
    expect((await call({ to })).status).toBe(200);
  });
});

describe("frequency", () => {
  it("three calls and eight texts to one number in any 24 hours, counted apart", async () => {
    const to = freshNumber();
    for (let count = 0; count < 3; count++) {
      expect((await call({ to })).status).toBe(200);
      app.clock.advanceSeconds(600);
    }
    for (let count = 0; count < 8; count++) expect((await text({ to })).status).toBe(200);
    const nextAllowedAt = new Date(NOON.getTime() + DAY * 1_000).toISOString();
    const refused = await call({ to });
    expect(refused).toMatchObject({
      status: 429,
      body: { code: "VOICE_RATE_LIMIT_EXCEEDED", details: { limit: 3, nextAllowedAt } },
    });
    expect(Number(refused.headers.get("retry-after"))).toBe(DAY - 1_800);
    expect(await text({ to })).toMatchObject({
      status: 429,
      body: { code: "SMS_RATE_LIMIT_EXCEEDED", details: { limit: 8 } },
    });
    app.clock.set(new Date(Date.parse(nextAllowedAt) - 1_000));
    expect((await call({ to })).status).toBe(429);
    app.clock.set(new Date(nextAllowedAt));
    expect((await call({ to })).status).toBe(200);
  });

  it("an organisation may allow itself fewer, or none", async () => {
    const to = freshNumber();
    await asMaster("PUT", "/v1/phone/rules", { callsPerDay: 1, textsPerDay: 0 });
    expect((await call({ to })).status).toBe(200);
    expect(await call({ to })).toMatchObject({ status: 429, body: { details: { limit: 1 } } });
    expect(await text({ to })).toMatchObject({ status: 429, body: { details: { limit: 0, nextAllowedAt: null } } });
  });

  it("of many who want one number at the same instant, as many get it as may", async () => {
    const to = freshNumber();
    const answers = await Promise.all(Array.from({ length: 16 }, () => text({ to })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(8);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(8);
  });

  it("an organisation dials five times a second", async () => {
    const numbers = Array.from({ length: 25 }, freshNumber);
    for (const to of numbers) await call({ to, dry: true });
    const answers = await Promise.all(numbers.map((to) => call({ to })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ code: "VOICE_RATE_LIMIT_EXCEEDED", details: { gate: "frequency", limit: 5 } });
      expect(headers.get("retry-after")).toBe("1");
    }
  });

  it("a cap of money refuses before anything is dialled", async () => {
    await asMaster("PUT", "/v1/billing/hard-cap", { meters: { voice: { capCents: 0 } } });
    const to = freshNumber();
    expect(refusing(await call({ to, dry: true }))).toEqual(["frequency"]);
    expect(await call({ to })).toMatchObject({
      status: 402,
      body: { code: "PAYMENT_REQUIRED", details: { gate: "frequency", source: "cap" } },
    });
    expect((await text({ to })).status).toBe(200);
  });
});

describe("between the gates and the acceptance", () => {
  it.each([
    ["says stop", (to: string) => saysStop(to), "DO_NOT_CALL"],
    ["is put on the list", (to: string) => asMaster("POST", "/v1/phone/dnc", { phoneNumber: to }), "DO_NOT_CALL"],
    [
      "takes consent back",
      (to: string) => asMaster("POST", "/v1/consents/revocations", { phoneNumber: to }),
      "CONSENT_REQUIRED",
    ],
  ])("a person who %s is not called", async (_, happens, code) => {
    const to = freshNumber();
    // While the carrier is asked.
    lookUps.answers.set(to, { reassigned: "no" });
    const { carrier } = app.runtime;
    const lookUp = carrier.lookUp.bind(carrier);
    carrier.lookUp = async (...asked) => {
      await happens(to);
      return lookUp(...asked);
    };
    expect(await call({ to })).toMatchObject({ status: 403, body: { code } });
    carrier.lookUp = lookUp;
    const { rows } = await app.runtime.db.pool.query("SELECT FROM dial_attempt WHERE phone_number = $1", [to]);
    expect(rows).toHaveLength(0);
  });
});
