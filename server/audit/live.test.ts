import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Listener } from "#server/platform/listener.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { appendCall, appendParameters } from "./append.ts";
import { type EventView, logSize } from "./list.ts";
import { LiveLog } from "./live.ts";
import { prepareEvent } from "./record.ts";
import { LOG_CHANNEL, sequencePending } from "./sequencer.ts";

let database: TestDatabase;
let pool: pg.Pool;
let listener: Listener;
let live: LiveLog;
let queries: string[];
let notified: string[];
/** What happens between an answer of the database and its arrival. */
let onAnswer: ((name: string, answer: { rows: unknown[] }) => Promise<void>) | undefined;
let serial = 0;
const stops: AbortController[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 10 });
  // Connections are ended under it, which it has to survive.
  pool.on("error", () => {});
  queries = [];
  listener = new Listener(database.url, () => {});
  live = new LiveLog(watched(pool), listener, () => {});
  notified = [];
  listener.on(LOG_CHANNEL, (payload) => notified.push(payload));
  await listener.start();
});
afterEach(() => {
  onAnswer = undefined;
  for (const stop of stops.splice(0)) stop.abort();
});
afterAll(async () => {
  live.close();
  await listener.close();
  await pool.end();
  await database.drop();
});

/** The pool, with a note of every answered question: `<name> <first two values>`. */
function watched(real: pg.Pool): pg.Pool {
  const query = async (asked: { name: string; text: string; values: unknown[] }) => {
    const answer = await real.query(asked);
    await onAnswer?.(asked.name, answer);
    queries.push(`${asked.name} ${asked.values.slice(0, 2).join(" ")}`);
    return answer;
  };
  return Object.assign(Object.create(real), { query });
}

const newOrg = () => `org-${++serial}`;

/** Appends events and gives them their numbers. */
async function append(orgId: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const event = prepareEvent(
      {
        orgId,
        channel: "email",
        event: "email.sent",
        result: "SUCCESS",
        actorType: "SYSTEM",
        actorId: "test",
        correlationId: "corr",
      },
      new Date(),
    );
    await pool.query(`SELECT ${appendCall(1)}`, appendParameters(event, null));
  }
  await sequencePending(pool, orgId);
}

function follow(orgId: string, after: number) {
  const stop = new AbortController();
  stops.push(stop);
  return { stop, batches: live.follow(orgId, after, stop.signal) };
}

/** Reads batches until so many events have come. @returns their numbers */
async function take(batches: AsyncGenerator<EventView[]>, count: number): Promise<number[]> {
  const seqs: number[] = [];
  while (seqs.length < count) {
    const { value, done } = await batches.next();
    if (done) break;
    seqs.push(...value.map(({ seq }) => seq));
  }
  return seqs;
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A follower that is already waiting for what comes next. */
async function waiting(orgId: string, from?: number) {
  const after = from ?? (await logSize(pool, orgId)) - 1;
  const asked = queries.length;
  const { batches, stop } = follow(orgId, after);
  const next = batches.next();
  while (!queries.slice(asked).includes(`log-size ${orgId}`)) await new Promise(setImmediate);
  await new Promise(setImmediate);
  return { batches, next, stop };
}

describe("a follower", () => {
  it("sees what comes from now on", async () => {
    const orgId = newOrg();
    await append(orgId, 3);
    const { next } = await waiting(orgId);
    await append(orgId, 1);
    expect((await next).value).toMatchObject([{ seq: 3, event: "email.sent" }]);
  });

  it("that has seen a number which the log does not have (of another server) sees what comes from now on", async () => {
    const orgId = newOrg();
    await append(orgId, 3);
    const { next } = await waiting(orgId, 99);
    await append(orgId, 1);
    expect((await next).value).toMatchObject([{ seq: 3 }]);
  });

  it("sees nothing of another organisation", async () => {
    const [mine, other] = [newOrg(), newOrg()];
    const { next } = await waiting(mine);
    await append(other, 5);
    await append(mine, 1);
    expect((await next).value).toMatchObject([{ seq: 0 }]);
  });

  it("resumes from a number without gap or double, while events pour in", async () => {
    const orgId = newOrg();
    await append(orgId, 450);
    const pouring = (async () => {
      for (let n = 0; n < 30; n++) await append(orgId, 5);
    })();
    const resumed = [-1, 0, 120, 448].map((after) => take(follow(orgId, after).batches, 599 - after));
    const [all, ...rest] = await Promise.all(resumed);
    await pouring;
    expect(all).toEqual(range(0, 599));
    expect(rest).toEqual([range(1, 599), range(121, 599), range(449, 599)]);
  });

  it("that is slow misses nothing and holds nobody up", async () => {
    const orgId = newOrg();
    const slow = await waiting(orgId);
    const fast = await waiting(orgId);
    await append(orgId, 1);
    expect((await slow.next).value).toHaveLength(1);
    expect((await fast.next).value).toHaveLength(1);
    for (let n = 0; n < 8; n++) {
      await append(orgId, 100);
      expect(await take(fast.batches, 100)).toEqual(range(1 + n * 100, 100 + n * 100));
    }
    expect(await take(slow.batches, 800)).toEqual(range(1, 800));
  });

  it("does not make the log be read from its beginning, though it is told of an event before it knows where it stands", async () => {
    const orgId = newOrg();
    await append(orgId, 300);
    onAnswer = async (name) => {
      if (name !== "log-size") return;
      onAnswer = undefined;
      await append(orgId, 1);
      while (!notified.some((payload) => payload.includes(`"${orgId}",301`))) await new Promise(setImmediate);
    };
    const { batches } = follow(orgId, 299);
    expect(await take(batches, 1)).toEqual([300]);
    const reads = queries.filter((query) => query.startsWith(`events-after ${orgId} `));
    expect(reads).toEqual([`events-after ${orgId} 299`]);
  });

  it("ends when it is told to, at whatever moment", async () => {
    const orgId = newOrg();
    await append(orgId, 1);
    const idle = await waiting(orgId);
    idle.stop.abort();
    expect(await idle.next).toEqual({ value: undefined, done: true });
    const beginning = follow(orgId, 0);
    const first = beginning.batches.next();
    beginning.stop.abort();
    expect((await first).done).toBe(true);
    // While it reads, and what it reads was removed by retention.
    const reading = follow(orgId, -1);
    onAnswer = async (name, answer) => {
      if (name !== "events-after") return;
      answer.rows = [];
      reading.stop.abort();
    };
    expect((await reading.batches.next()).done).toBe(true);
  });

  it("goes on after the database has cut the notifications, with what came meanwhile", async () => {
    const orgId = newOrg();
    await append(orgId, 2);
    const { batches, next } = await waiting(orgId);
    await pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'anima listener' AND datname = current_database()",
    );
    while (listener.connected) await new Promise(setImmediate);
    await append(orgId, 3);
    expect((await next).value).toMatchObject([{ seq: 2 }, { seq: 3 }, { seq: 4 }]);
    expect(listener.connected).toBe(true);
    await append(orgId, 1);
    expect(await take(batches, 1)).toEqual([5]);
  });

  it("ends with the process", async () => {
    const orgId = newOrg();
    const closing = new LiveLog(pool, new Listener(database.url, () => {}), () => {});
    const batches = closing.follow(orgId, -1, new AbortController().signal);
    const next = batches.next();
    closing.close();
    expect((await next).done).toBe(true);
  });
});
