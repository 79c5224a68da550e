import { afterAll, beforeAll, expect, it } from "vitest";
import { consoleOf } from "#server/trpc/test-support.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { CONSENT, makePhoneAgent, NOON, type PhoneAgent, pass, work } from "../../../test/support/phone.ts";

let app: TestApp;
let agent: PhoneAgent;
let cookie: string;

beforeAll(async () => {
  app = await startTestApp();
  app.clock.set(NOON);
  // Nothing is included in its plan: every minute costs something.
  agent = await makePhoneAgent(app, "ENTERPRISE");
  cookie = await consoleOf(app).signIn(agent.masterKey);
});
afterAll(() => app.close());

const query = async (name: string, input: object) => {
  const { status, body } = await consoleOf(app).query(`calls.${name}`, input, { cookie });
  expect(status).toBe(200);
  return body.result.data;
};

async function place(to: string): Promise<string> {
  const { status, body } = await app.call<{ callId: string }>("POST", "/v1/voice/calls", {
    key: agent.key,
    body: { to, ...CONSENT },
  });
  expect(status).toBe(201);
  await work(app, agent.orgId);
  return body.callId;
}

it("lists calls newest first, page by page, and finds those of a number however it is written", async () => {
  const ids: string[] = [];
  for (const to of ["+12125550101", "+16465550151", "+19175550102"]) ids.unshift(await place(to));
  const first = await query("list", { limit: 2 });
  expect(first.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
  const second = await query("list", { limit: 2, cursor: first.pagination.nextCursor });
  expect(second.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2));
  expect(second.pagination).toEqual({ nextCursor: null, hasMore: false });
  const found = await query("list", { number: "(646) 555-0151" });
  expect(found.items).toMatchObject([{ id: ids[1], to: "+16465550151" }]);
  const own = await query("list", { number: agent.number, limit: 2 });
  expect(own.items).toMatchObject([{ id: ids[0] }, { id: ids[1] }]);
  const rest = await query("list", { number: agent.number, limit: 2, cursor: own.pagination.nextCursor });
  expect(rest.items).toMatchObject([{ id: ids[2] }]);
  expect((await query("list", { number: agent.number, way: "inbound" })).items).toEqual([]);
});

it("says what a call has cost, with the minutes that were begun", async () => {
  const { pool } = app.runtime.db;
  const id = await place("+17185550103");
  await pass(app, 3 + 61);
  await app.call("POST", `/v1/sandbox/calls/${id}/hang-up`, { key: agent.masterKey });
  await pass(app, 0);
  const { rows } = await pool.query("SELECT sum(micros)::int AS micros FROM usage_record WHERE resource_id = $1", [id]);
  expect(rows[0].micros).toBeGreaterThan(0);
  expect(await query("read", { id })).toMatchObject({
    carrier: "sandbox",
    endReason: "caller_hangup",
    isEnding: false,
    costMicros: rows[0].micros,
  });
  expect((await query("list", { limit: 1 })).items).toMatchObject([{ id, costMicros: rows[0].micros }]);
});

it("knows no call of another organisation", async () => {
  const other = await makePhoneAgent(app);
  const stranger = await consoleOf(app).signIn(other.masterKey);
  const { items } = await query("list", { limit: 1 });
  const { status } = await consoleOf(app).query("calls.read", { id: items[0].id }, { cookie: stranger });
  expect(status).toBe(404);
  const { body } = await consoleOf(app).query("calls.list", {}, { cookie: stranger });
  expect(body.result.data.items).toEqual([]);
});

it("a form that is sent twice calls once", async () => {
  const fields = { agentId: agent.id, to: "+13475550104", ...CONSENT };
  const form = { formId: "form-of-the-test-1", fields };
  const send = () => consoleOf(app).mutate("calls.place", form, { cookie });
  const [first, second] = [await send(), await send()];
  expect(first.status).toBe(200);
  expect(second.body.result.data).toEqual(first.body.result.data);
  expect((await query("list", { number: "+13475550104" })).items).toHaveLength(1);
});
