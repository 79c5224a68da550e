import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { makeAgent, type TestAgent } from "../messages/test-support.ts";
import { CALL_STATES } from "../phone/news.ts";
import type { Call } from "./schemas.ts";

const CALLS = 1_200;
const OPEN = ["queued", "ringing", "active"];

type List = { calls: Call[]; total: number; pagination: { nextCursor: string | null; hasMore: boolean } };

let app: TestApp;
let agent: TestAgent;
let colleague: TestAgent;
/** All of them, newest first. */
let all: Call[];

beforeAll(async () => {
  app = await startTestApp();
  agent = await makeAgent(app);
  colleague = await makeAgent(app, agent);
  // A hundredth failed, and one in three hundred runs; a quarter came in, a tenth is the colleague's.
  await app.runtime.db.pool.query(
    `INSERT INTO call (org_id, id, agent_id, phone_number_id, direction, tier, state, from_number, to_number, carrier,
       correlation_id, event_id, reservation_id, max_seconds, started_at, created_at)
     SELECT $1, '01KA00000000000000000' || lpad(n::text, 5, '0'), CASE WHEN n % 10 = 3 THEN $3 ELSE $2 END, 'number',
       CASE WHEN n % 4 = 1 THEN 'INBOUND' ELSE 'OUTBOUND' END, 'basic',
       CASE WHEN n % 100 = 7 THEN 'failed' WHEN n % 300 = 5 THEN 'active' WHEN n % 7 = 0 THEN 'busy' ELSE 'completed' END,
       '+12125550100', '+12125550101', 'sandbox', 'corr', 'event', 'reservation', 600, now(), now()
     FROM generate_series(1, $4::integer) AS n`,
    [agent.orgId, agent.id, colleague.id, CALLS],
  );
  all = await walk("");
});
afterAll(() => app.close());

const list = (query: string, key = agent.masterKey) => app.call<List>("GET", `/v1/voice/calls?${query}`, { key });

/** Every call that a filter finds, page by page. */
async function walk(filter: string, key?: string): Promise<Call[]> {
  const calls: Call[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const { status, body } = await list(`limit=97&cursor=${cursor}&${filter}`, key);
    expect(status).toBe(200);
    calls.push(...body.calls);
    cursor = body.pagination.nextCursor;
    expect(body.pagination.hasMore).toBe(cursor !== null);
  }
  return calls;
}

it("is read by cursor to its end, newest first, each call once", () => {
  expect(all).toHaveLength(CALLS);
  const ids = all.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
});

const FILTERS = ["", "INBOUND", "OUTBOUND"].flatMap((direction) =>
  ["", "active", "ended", ...CALL_STATES.filter((state) => state !== "active")].map((state) => ({ direction, state })),
);

it.each(FILTERS)(
  "by direction '$direction' and state '$state' finds those calls and no others",
  async ({ direction, state }) => {
    const fits = (call: Call) =>
      (direction === "" || call.direction === direction) &&
      (state === "" ||
        call.state === state ||
        (state === "active" && OPEN.includes(call.state)) ||
        (state === "ended" && !OPEN.includes(call.state)));
    const filter = [direction && `direction=${direction}`, state && `state=${state}`].filter(Boolean).join("&");
    const expected = all.filter(fits);
    expect(await walk(filter)).toEqual(expected);
    expect(await walk(filter, agent.key)).toEqual(expected.filter(({ agentId }) => agentId === agent.id));
    expect((await list(`${filter}&agentId=${colleague.id}&limit=100`)).body).toMatchObject({
      total: expected.filter(({ agentId }) => agentId === colleague.id).length,
    });
  },
);

it("answers clients that go by offset, counts as far as a thousand, and skips no more", async () => {
  const { body } = await list("limit=10&offset=25");
  expect(body.calls).toEqual(all.slice(25, 35));
  expect(body.total).toBe(1_000);
  expect((await list("state=failed")).body.total).toBe(CALLS / 100);
  expect((await list("offset=1001")).status).toBe(400);
  const { pagination } = body;
  expect((await list(`limit=5&cursor=${pagination.nextCursor}&offset=2`)).body.calls).toEqual(all.slice(37, 42));
});

it("refuses what is no cursor of it", async () => {
  expect(await list("cursor=abc")).toMatchObject({ status: 400, body: { code: "VALIDATION_ERROR" } });
});
