import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { keyWithScopes, makeAgent, type TestAgent } from "../messages/test-support.ts";
import { openTransaction } from "../transaction.ts";
import { liftOptOut, optOut } from "./opt-outs/opt-out.ts";

let app: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  app = await startTestApp();
  agent = await makeAgent(app);
});
afterAll(() => app.close());

type Events = { items: { event: string; result: string; detail: string | null; data: Record<string, unknown> }[] };
type Item = Record<string, unknown> & { id: string };
type List = { items: Item[]; pagination: { nextCursor: string | null; hasMore: boolean } };

const asMaster = <Body = Item>(method: string, path: string, body?: unknown) =>
  app.call<Body>(method, path, { key: agent.masterKey, ...(body === undefined ? {} : { body }) });
const asAgent = <Body = Item>(method: string, path: string, body?: unknown) =>
  app.call<Body>(method, path, { key: agent.key, ...(body === undefined ? {} : { body }) });

async function lastEvent(): Promise<Events["items"][number] | undefined> {
  const { body } = await asMaster<Events>("GET", "/v1/audit/events?limit=1&order=desc");
  return body.items[0];
}

describe("consents", () => {
  const proof = { source: "opt-in:web-form", evidence: "I agree to be called by Example Inc. (form 12, 2026-11-01)" };

  it("are recorded with what proves them, and taken back for every channel at once", async () => {
    const phoneNumber = "+14155550101";
    const first = await asAgent("POST", "/v1/consents", { phoneNumber: "(415) 555-0101", ...proof, reference: "C-17" });
    expect(first).toMatchObject({
      status: 201,
      body: { phoneNumber, ...proof, reference: "C-17", channels: ["sms", "voice"], revokedAt: null },
    });
    expect(await lastEvent()).toMatchObject({ event: "voice.consent.recorded", result: "SUCCESS" });
    const second = await asAgent("POST", "/v1/consents", { phoneNumber, ...proof, channels: ["sms"] });

    app.clock.advanceSeconds(60);
    const revoked = await asAgent("POST", `/v1/consents/${first.body.id}/revoke`, { reason: "said so in a call" });
    expect(revoked.body).toMatchObject({
      revokedAt: app.clock.now().toISOString(),
      revokedBy: "said so in a call",
    });
    expect(await lastEvent()).toMatchObject({ event: "voice.consent.revoked", data: { consents: 2 } });
    const other = await asAgent("GET", `/v1/consents/${second.body.id}`);
    expect(other.body.revokedAt).toBe(app.clock.now().toISOString());

    const again = await asAgent("POST", `/v1/consents/${first.body.id}/revoke`);
    expect(again).toMatchObject({ status: 200, body: { revokedAt: revoked.body.revokedAt } });
    const list = await asAgent<List>("GET", "/v1/consents?phoneNumber=%2B14155550101&limit=1");
    expect(list.body.items.map(({ id }) => id)).toEqual([second.body.id]);
    const rest = await asAgent<List>(
      "GET",
      `/v1/consents?phoneNumber=%2B14155550101&cursor=${list.body.pagination.nextCursor}`,
    );
    expect(rest.body).toMatchObject({ items: [{ id: first.body.id }], pagination: { hasMore: false } });
  });

  it("after a revocation, only the master key's holder records a newer one", async () => {
    const phoneNumber = "+14155550102";
    const revoked = await asAgent("POST", "/v1/consents/revocations", { phoneNumber, reason: "stop calling me" });
    expect(revoked).toMatchObject({ status: 201, body: { phoneNumber, revokedAt: app.clock.now().toISOString() } });
    app.clock.advanceSeconds(60);
    const byAgent = await asAgent("POST", "/v1/consents", { phoneNumber, ...proof });
    expect(byAgent).toMatchObject({ status: 403, body: { code: "MASTER_KEY_REQUIRED" } });
    const older = await asMaster("POST", "/v1/consents", { phoneNumber, ...proof, givenAt: "2026-01-01T00:00:00Z" });
    expect(older).toMatchObject({ status: 400, body: { details: { fields: [{ field: "givenAt" }] } } });
    const newer = await asMaster("POST", "/v1/consents", { phoneNumber, ...proof });
    expect(newer.status).toBe(201);
  });

  it.each([
    [{ phoneNumber: "12", ...proof }, "phoneNumber"],
    [{ phoneNumber: "+14155550101", evidence: "a", source: "because" }, "source"],
    [{ phoneNumber: "+14155550101", source: "prior-express-oral" }, "evidence"],
    [{ phoneNumber: "+14155550101", ...proof, channels: [] }, "channels"],
    [{ phoneNumber: "+14155550101", ...proof, givenAt: "2999-01-01T00:00:00Z" }, "givenAt"],
    [{ phoneNumber: "+14155550101", ...proof, chanels: ["sms"] }, "chanels"],
  ])("refuses %j, naming the field", async (body, field) => {
    const answer = await asMaster("POST", "/v1/consents", body);
    expect(answer).toMatchObject({ status: 400, body: { details: { fields: [{ field }] } } });
  });
});

describe("the do-not-call list", () => {
  it("an agent puts numbers on it, and only the master key's holder takes them off", async () => {
    const added = await asAgent("POST", "/v1/phone/dnc", { phoneNumber: "+14155550110", reason: "asked by mail" });
    expect(added).toMatchObject({ status: 201, body: { source: "ADDED", reason: "asked by mail" } });
    expect(await lastEvent()).toMatchObject({ event: "voice.do_not_call.added" });
    expect((await asAgent("POST", "/v1/phone/dnc", { phoneNumber: "+14155550110" })).body).toEqual(added.body);

    const path = "/v1/phone/dnc/%2B14155550110";
    expect((await asAgent("DELETE", path)).body).toMatchObject({ code: "MASTER_KEY_REQUIRED" });
    expect((await asMaster("DELETE", path)).body).toEqual({ success: true });
    expect(await lastEvent()).toMatchObject({ event: "voice.do_not_call.removed" });
    expect((await asMaster("DELETE", path)).status).toBe(404);
  });

  it("takes a file wholly or not at all, and gives it back", async () => {
    const { orgId, masterKey: key } = await app.organisation();
    const headers = { "content-type": "text/csv" };
    const send = (body: string) => app.call("POST", "/v1/phone/dnc/import", { key, body, headers });
    const bad = await send("phone_number\n+14155550120\nnobody\n+1415555\n");
    expect(bad).toMatchObject({
      status: 400,
      body: { details: { fields: [{ field: "line 3" }, { field: "line 4" }] } },
    });
    expect((await app.call<List>("GET", "/v1/phone/dnc", { key })).body.items).toEqual([]);

    const file =
      '\ufeffname,Phone Number\r\n"A, B",(415) 555-0120\r\nC,4155550121\r\nD,+44 20 7946 0018\r\nE,+14155550120\r\n';
    expect((await send(file)).body).toEqual({ rows: 4, added: 3, alreadyListed: 1 });
    expect((await send(file)).body).toEqual({ rows: 4, added: 0, alreadyListed: 4 });
    const page = await app.call<List>("GET", "/v1/phone/dnc?limit=2", { key });
    expect(page.body.items.map((item) => item.phoneNumber)).toEqual(["+14155550120", "+14155550121"]);
    const next = await app.call<List>("GET", `/v1/phone/dnc?cursor=${page.body.pagination.nextCursor}`, { key });
    expect(next.body).toMatchObject({ items: [{ phoneNumber: "+442079460018", source: "IMPORTED" }] });

    const exported = await app.fetch(
      new Request("http://anima.test/v1/phone/dnc/export", { headers: { authorization: `Bearer ${key}` } }),
    );
    expect(exported.headers.get("content-type")).toBe("text/csv");
    const lines = (await exported.text()).trimEnd().split("\r\n");
    expect(lines.map((line) => line.split(",")[0])).toEqual([
      "phone_number",
      "+14155550120",
      "+14155550121",
      "+442079460018",
    ]);
    // What was exported can be imported.
    expect((await send(lines.join("\n"))).body).toMatchObject({ rows: 3, added: 0 });
    expect(orgId).toBeTruthy();
  });

  it.each(["", "# nothing\n", '"unclosed'])("refuses %j", async (body) => {
    const answer = await app.call("POST", "/v1/phone/dnc/import", {
      key: agent.masterKey,
      body,
      headers: { "content-type": "text/csv" },
    });
    expect(answer).toMatchObject({ status: 400, body: { details: { fields: [{ field: "csv" }] } } });
  });

  it("takes a million numbers in less than a minute", async () => {
    const { orgId, masterKey: key } = await app.organisation();
    const numbers = Array.from({ length: 1_000_000 }, (_, index) => `+1${2_012_000_000 + index * 7}`);
    const before = performance.now();
    const answer = await app.call("POST", "/v1/phone/dnc/import", {
      key,
      body: numbers.join("\n"),
      headers: { "content-type": "text/csv" },
    });
    expect(answer.body).toEqual({ rows: 1_000_000, added: 1_000_000, alreadyListed: 0 });
    expect(performance.now() - before).toBeLessThan(60_000);
    const { rows } = await app.runtime.db.pool.query(
      "SELECT count(*)::int AS count FROM do_not_call WHERE org_id = $1",
      [orgId],
    );
    expect(rows[0].count).toBe(1_000_000);
  });
});

describe("opt-outs", () => {
  it("stand at once, are new once, and are lifted by the person or the master key's holder", async () => {
    const phoneNumber = "+14155550130";
    const origin = {
      orgId: agent.orgId,
      agentId: agent.id,
      actorType: "SYSTEM",
      actorId: "carrier",
      correlationId: "corr_1",
    } as const;
    const say = () =>
      openTransaction(app.runtime, (tx) =>
        optOut(app.runtime, tx, origin, { phoneNumber, channel: "sms", word: "Stop.", ownNumber: "+14155550100" }),
      );
    expect([await say(), await say()]).toEqual([true, false]);
    expect(await lastEvent()).toMatchObject({ event: "sms.opted_out", result: "SUCCESS" });
    const reader = await keyWithScopes(app, agent, ["phone:read"]);
    const list = await app.call<List>("GET", "/v1/phone/sms-suppressions", { key: reader });
    expect(list.body.items).toEqual([
      {
        phoneNumber,
        channel: "sms",
        keyword: "Stop.",
        agentId: agent.id,
        toNumber: "+14155550100",
        correlationId: "corr_1",
        createdAt: app.clock.now().toISOString(),
      },
    ]);

    const lift = (ask: typeof asMaster) => ask("POST", "/v1/phone/sms-unsuppress", { phoneNumber });
    expect((await lift(asAgent)).body).toMatchObject({ code: "MASTER_KEY_REQUIRED" });
    expect((await lift(asMaster)).body).toEqual({ phoneNumber, removed: true });
    expect((await lift(asMaster)).body).toEqual({ phoneNumber, removed: false });
    expect(await say()).toBe(true);
    const start = () =>
      openTransaction(app.runtime, (tx) => liftOptOut(app.runtime, tx, origin, { phoneNumber, word: "START" }));
    expect([await start(), await start()]).toEqual([true, false]);
    expect(await lastEvent()).toMatchObject({ event: "sms.opted_in" });
  });
});

describe("where a person is", () => {
  const phoneNumber = "+14155550177";
  const dryRun = async () => {
    const { body } = await app.call<{ gates: { gate: string; facts: Record<string, unknown> }[] }>(
      "POST",
      "/v1/voice/calls?dry_run=true",
      { key: agent.key, body: { to: phoneNumber } },
    );
    return body.gates.find(({ gate }) => gate === "calling_hours")?.facts;
  };

  it("is said by the master key's holder, decides whose clocks count, and is forgotten again", async () => {
    expect(await dryRun()).toMatchObject({ basis: "number", state: "CA", zones: ["America/Los_Angeles"] });
    const byAgent = await asAgent("PUT", "/v1/phone/locations", { phoneNumber, state: "NY" });
    expect(byAgent).toMatchObject({ status: 403, body: { code: "MASTER_KEY_REQUIRED" } });
    const said = await asMaster("PUT", "/v1/phone/locations", { phoneNumber: "(415) 555-0177", state: "ny" });
    const location = { phoneNumber, state: "NY", timeZone: null, updatedAt: app.clock.now().toISOString() };
    expect(said).toMatchObject({ status: 200, body: location });
    expect(await lastEvent()).toMatchObject({ event: "voice.location.stored", detail: `${phoneNumber}: NY`, data: {} });
    expect(await dryRun()).toMatchObject({ basis: "stored location", state: "NY", zones: ["America/New_York"] });
    const list = await asAgent<List>("GET", "/v1/phone/locations");
    expect(list.body.items).toEqual([location]);
    const moved = { phoneNumber, timeZone: "America/Denver" };
    expect((await asMaster("PUT", "/v1/phone/locations", moved)).body).toMatchObject({ ...moved, state: null });
    expect((await asMaster("DELETE", `/v1/phone/locations/${phoneNumber}`)).status).toBe(200);
    expect(await lastEvent()).toMatchObject({ event: "voice.location.removed" });
    expect(await dryRun()).toMatchObject({ basis: "number", state: "CA" });
    expect((await asMaster("DELETE", `/v1/phone/locations/${phoneNumber}`)).status).toBe(404);
  });

  it("comes with a consent, but not from an agent", async () => {
    const consent = { phoneNumber, source: "prior-express-written", evidence: "form 12", location: { state: "HI" } };
    const byAgent = await asAgent("POST", "/v1/consents", consent);
    expect(byAgent).toMatchObject({ status: 403, body: { code: "MASTER_KEY_REQUIRED" } });
    expect((await asMaster("POST", "/v1/consents", consent)).status).toBe(201);
    expect(await dryRun()).toMatchObject({ basis: "stored location", state: "HI", zones: ["Pacific/Honolulu"] });
  });

  it.each([
    [{}, "state"],
    [{ state: "ZZ" }, "state"],
    [{ timeZone: "America/Nowhere" }, "timeZone"],
    [{ state: "NY", timeZone: "America/Chicago" }, "timeZone"],
  ])("is not %o", async (location, field) => {
    const refused = { status: 400, body: { code: "VALIDATION_ERROR", details: { fields: [{ field }] } } };
    expect(await asMaster("PUT", "/v1/phone/locations", { phoneNumber, ...location })).toMatchObject(refused);
    const inConsent = { status: 400, body: { details: { fields: [{ field: `location.${field}` }] } } };
    const consent = { phoneNumber, source: "prior-express-written", evidence: "form 12", location };
    expect(await asMaster("POST", "/v1/consents", consent)).toMatchObject(inConsent);
  });

  it("may be told by any name of a zone", async () => {
    const indiana = { phoneNumber, state: "IN", timeZone: "America/Indiana/Indianapolis" };
    expect((await asMaster("PUT", "/v1/phone/locations", indiana)).status).toBe(200);
  });
});

describe("calling rules", () => {
  it("are narrowed by the master key's holder, one by one", async () => {
    const defaults = { hours: {}, countries: null, callsPerDay: 3, textsPerDay: 8, noDataConsentDays: 30 };
    expect((await asAgent("GET", "/v1/phone/rules")).body).toEqual(defaults);
    const hours = { sunday: null, monday: { from: "10:00", to: "16:30" } };
    expect((await asMaster("PUT", "/v1/phone/rules", { hours, callsPerDay: 1 })).body).toEqual({
      ...defaults,
      hours,
      callsPerDay: 1,
    });
    expect(await lastEvent()).toMatchObject({ event: "voice.rules.changed" });
    expect((await asMaster("PUT", "/v1/phone/rules", { countries: ["US", "CA"] })).body).toMatchObject({
      hours,
      countries: ["US", "CA"],
    });
    expect((await asAgent("PUT", "/v1/phone/rules", { callsPerDay: 3 })).body).toMatchObject({
      code: "MASTER_KEY_REQUIRED",
    });
  });

  it.each([
    [{ callsPerDay: 4 }, "callsPerDay"],
    [{ textsPerDay: 9 }, "textsPerDay"],
    [{ noDataConsentDays: 31 }, "noDataConsentDays"],
    [{ hours: { funday: null } }, "hours.funday"],
    [{ hours: { monday: { from: "12:00", to: "11:00" } } }, "hours.monday"],
    [{ hours: { monday: { from: "25:00", to: "26:00" } } }, "hours.monday.from"],
    [{ countries: ["USA"] }, "countries.0"],
    [{ callPerDay: 1 }, "callPerDay"],
  ])("refuse %j: nothing of the law can be widened", async (body, field) => {
    const answer = await asMaster("PUT", "/v1/phone/rules", body);
    expect(answer).toMatchObject({
      status: 400,
      body: { details: { fields: expect.arrayContaining([expect.objectContaining({ field })]) } },
    });
  });
});
