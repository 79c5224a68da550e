import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { fillLog } from "../../test/support/fill-log.ts";
import { type EventView, readEvents } from "./list.ts";
import type { EventFilter } from "./select.ts";

const ORG = "ORG";
const COUNT = 10_000;
const NOW = new Date("2026-06-01T12:00:00.000Z");

let database: TestDatabase;
let pool: pg.Pool;
/** All events, oldest first. */
let log: EventView[];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await fillLog(pool, "OTHER", 500, NOW);
  await fillLog(pool, ORG, COUNT, NOW);
  // The clock was set back: what was logged next is of a time that the log has passed.
  await fillLog(pool, ORG, 500, new Date(NOW.getTime() - 5_000_000));
  log = (await readEvents(pool, ORG, {}, { limit: 100_000, order: "asc" })).items;
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** What each event itself says of a filter. */
function fits(event: EventView, filter: EventFilter): boolean {
  const { after, before, afterSeq = -1, beforeSeq = Number.POSITIVE_INFINITY } = filter;
  const ts = new Date(event.ts);
  return (
    (["correlationId", "requestId", "agentId", "channel", "event", "result"] as const).every(
      (member) => filter[member] === undefined || event[member] === filter[member],
    ) &&
    (after === undefined || ts > after) &&
    (before === undefined || ts < before) &&
    event.seq > afterSeq &&
    event.seq < beforeSeq
  );
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const anInstant = fc.integer({ min: -12_000, max: 100 }).map((seconds) => new Date(NOW.getTime() + seconds * 1_000));
const aFilter: fc.Arbitrary<EventFilter> = fc.record({
  agentId: maybe(fc.constantFrom("AGENT-3", "AGENT-15", "AGENT-99")),
  channel: maybe(fc.constantFrom("email", "agent", "key", "sms", "voice")),
  event: maybe(fc.constantFrom("email.sent", "email.bounced", "key.access.refused", "sms.sent", "voice.call.refused")),
  result: maybe(fc.constantFrom("SUCCESS", "FAILURE", "DENIED")),
  after: maybe(anInstant),
  before: maybe(anInstant),
  afterSeq: maybe(fc.nat(COUNT)),
  beforeSeq: maybe(fc.nat(COUNT + 1_000)),
});
const aChain: fc.Arbitrary<EventFilter> = fc.oneof(
  fc.record({
    correlationId: fc.nat(120).map((n) => `corr-${n}`),
    result: maybe(fc.constantFrom("SUCCESS", "DENIED")),
  }),
  fc.record({ requestId: fc.nat(600).map((n) => `req-${n}`), before: maybe(anInstant) }),
);

describe("whatever is asked for, the list has exactly the events that fit, in order", () => {
  it.each(["asc", "desc"] as const)("%s, page by page", async (order) => {
    const ordered = order === "asc" ? log : log.toReversed();
    const examined = fc.asyncProperty(
      fc.oneof({ weight: 4, arbitrary: aFilter }, { weight: 1, arbitrary: aChain }),
      fc.integer({ min: 1, max: 100 }),
      async (filter, limit) => {
        const wanted = ordered.filter((event) => fits(event, filter)).map(({ seq }) => seq);
        const first = await readEvents(pool, ORG, filter, { limit, order });
        expect(first.items.map(({ seq }) => seq)).toEqual(wanted.slice(0, limit));
        expect(first.nextCursor).toBe(wanted.length > limit ? wanted[limit - 1] : null);
        if (first.nextCursor === null) return;
        const second = await readEvents(pool, ORG, filter, { limit, order, cursor: first.nextCursor });
        expect(second.items.map(({ seq }) => seq)).toEqual(wanted.slice(limit, 2 * limit));
      },
    );
    await fc.assert(examined, { numRuns: 150 });
  });

  it("also in a range of time that the clock was set back into", async () => {
    const after = new Date(NOW.getTime() - 5_400_000);
    const before = new Date(NOW.getTime() - 5_000_000);
    const { items } = await readEvents(pool, ORG, { after, before }, { limit: 10_000 });
    expect(items.filter(({ seq }) => seq < COUNT)).toHaveLength(399);
    expect(items.filter(({ seq }) => seq >= COUNT)).toHaveLength(399);
  });

  it("of which there are none in an empty log, or of a time that it has not reached", async () => {
    expect((await readEvents(pool, "EMPTY", { result: "DENIED" }, { limit: 5 })).items).toEqual([]);
    expect((await readEvents(pool, ORG, { after: NOW }, { limit: 5 })).items).toEqual([]);
  });
});
