import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "#server/platform/ids.ts";
import { migrate } from "#server/platform/migrate.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { appendCall, appendParameters } from "./append.ts";
import { countByHour } from "./counts.ts";
import { prepareEvent } from "./record.ts";
import { sequenceBatch, sequencePending } from "./sequencer.ts";

const MIGRATIONS = join(import.meta.dirname, "../../prisma/migrations");
const START = Date.UTC(2027, 0, 30, 22, 59, 59, 0);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 8 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

type Happening = {
  org: number;
  agent: number | null;
  event: "email.queued" | "email.refused";
  result: "SUCCESS" | "FAILURE" | "DENIED";
  /** Since the happening before. */
  minutesLater: number;
  /** What it uses; below zero gives back. */
  usage: number | null;
  batchEnds: boolean;
};

const happening: fc.Arbitrary<Happening> = fc.record({
  org: fc.nat(2),
  agent: fc.option(fc.nat(1)),
  event: fc.constantFrom("email.queued", "email.refused"),
  result: fc.constantFrom("SUCCESS", "FAILURE", "DENIED"),
  minutesLater: fc.oneof(fc.nat(90), fc.constantFrom(24 * 60 - 1, 24 * 60, 30 * 60)),
  usage: fc.option(fc.integer({ min: -2, max: 3 })),
  batchEnds: fc.boolean(),
});

const refusedAfter = (minutesLater: number): Happening => {
  return { org: 0, agent: 0, event: "email.refused", result: "DENIED", minutesLater, usage: null, batchEnds: true };
};

/** Writes what happened, as verbs do: event and usage in one transaction. `isOld`: before a record had a day. */
async function write(
  client: pg.Pool,
  orgs: string[],
  { org, agent, event, result, usage }: Happening,
  at: Date,
  isOld = false,
) {
  const orgId = orgs[org] as string;
  const agentId = agent === null ? null : `agent-${agent}`;
  const actor = { actorType: "SYSTEM", actorId: "test", correlationId: "corr" } as const;
  const prepared = prepareEvent({ orgId, channel: "email", event, result, agentId, ...actor }, at);
  const connection = await client.connect();
  await connection.query("BEGIN");
  await connection.query(`SELECT ${appendCall(1)}`, appendParameters(prepared, null));
  if (usage !== null) {
    await connection.query(
      `INSERT INTO usage_record (org_id, id, agent_id, meter, quantity, resource_id, created_at${isOld ? "" : ", day"})
        VALUES ($1, $2, $3, $4, $5, 'message', $6${isOld ? "" : ", ($6 AT TIME ZONE 'UTC')::date"})`,
      [orgId, prepared.id, agentId ?? "none", `meter-${org}`, usage, at],
    );
  }
  await connection.query("COMMIT");
  connection.release();
}

/** Everything that is kept of the organisations, beside what a count of everything says. */
async function kept(client: pg.Pool, orgs: string[]) {
  const read = async (sql: string) => (await client.query(sql, [orgs])).rows;
  return {
    hours: await read(`SELECT org_id, hour, channel, event, result, count FROM event_hour
      WHERE org_id = ANY($1) ORDER BY 1, 2, 3, 4, 5`),
    usage: await read(
      "SELECT org_id, day::text, meter, quantity FROM usage_day WHERE org_id = ANY($1) ORDER BY 1, 2, 3",
    ),
    troubles: await read(`SELECT org_id, agent_id, event, result, count, since, last_at, last_seq FROM agent_trouble
      WHERE org_id = ANY($1) ORDER BY 1, 2, 3, 4`),
  };
}

async function counted(client: pg.Pool, orgs: string[]) {
  const read = async (sql: string) => (await client.query(sql, [orgs])).rows;
  const failures = await read(`SELECT org_id, agent_id, event, result, ts, seq FROM event_sequence
    WHERE org_id = ANY($1) AND result <> 'SUCCESS' AND agent_id IS NOT NULL ORDER BY 1, 2, 3, 4, seq`);
  return {
    hours: await read(`SELECT org_id, date_trunc('hour', ts, 'UTC') AS hour, channel, event, result, count(*) AS count
      FROM event_sequence WHERE org_id = ANY($1) GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`),
    usage:
      await read(`SELECT org_id, (created_at AT TIME ZONE 'UTC')::date::text AS day, meter, sum(quantity) AS quantity
      FROM usage_record WHERE org_id = ANY($1) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`),
    troubles: runsOf(failures),
  };
}

type Failure = { org_id: string; agent_id: string; event: string; result: string; ts: Date; seq: string };

/** The latest run of each kind of failure: those that follow each other within less than a day. */
function runsOf(failures: Failure[]) {
  const runs = new Map<string, Failure[]>();
  for (const failure of failures) {
    const kind = [failure.org_id, failure.agent_id, failure.event, failure.result].join();
    const run = runs.get(kind) ?? [];
    const before = run.at(-1);
    const goesOn = before !== undefined && failure.ts.getTime() - before.ts.getTime() < DAY_MS;
    runs.set(kind, goesOn ? [...run, failure] : [failure]);
  }
  return [...runs.values()].map((run) => {
    const { org_id, agent_id, event, result, ts, seq } = run.at(-1) as Failure;
    const since = run[0]?.ts;
    return { org_id, agent_id, event, result, count: String(run.length), since, last_at: ts, last_seq: seq };
  });
}

describe("what is kept as events are numbered", () => {
  it("equals a count of everything, whatever happens, in whatever batches", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 30 }), async (happenings) => {
        const orgs = [newId(), newId(), newId()].sort();
        let at = START;
        for (const each of happenings) {
          at += each.minutesLater * MINUTE_MS;
          await write(pool, orgs, each, new Date(at));
          if (each.batchEnds) await sequenceBatch(pool, "wait");
        }
        await sequenceBatch(pool, "wait");
        expect(await kept(pool, orgs)).toEqual(await counted(pool, orgs));
      }),
      // A run that goes on, one that ends by a minute, and one that ends within a batch, as after a server that was down.
      {
        numRuns: 30,
        examples: [
          [[0, 24 * 60 - 1].map(refusedAfter)],
          [[0, 5, 24 * 60].map(refusedAfter)],
          [[0, 5, 24 * 60, 7].map((minutes) => ({ ...refusedAfter(minutes), batchEnds: false }))],
        ],
      },
    );
  });

  it("is exact when many write and number at once", async () => {
    const orgs = [newId(), newId(), newId()].sort();
    const happenings = fc.sample(happening, { numRuns: 300, seed: 7 });
    const writing = [0, 1, 2, 3].map(async (writer) => {
      for (const each of happenings.slice(writer * 75, writer * 75 + 75)) {
        await write(pool, orgs, each, new Date(START + (each.minutesLater % 60) * MINUTE_MS));
        await sequenceBatch(pool, "leave");
      }
    });
    await Promise.all(writing);
    await Promise.all(orgs.map((orgId) => sequencePending(pool, orgId)));
    const { hours, usage } = await kept(pool, orgs);
    const all = await counted(pool, orgs);
    expect({ hours, usage }).toEqual({ hours: all.hours, usage: all.usage });
    expect(hours.reduce((sum, { count }) => sum + Number(count), 0)).toBe(300);
  });

  it("is read for the hours asked for, with the number from which on a follower has to add", async () => {
    const [orgId = "", other = ""] = [newId(), newId()];
    const sent = (minute: number) =>
      write(
        pool,
        [orgId, other],
        { org: 0, agent: 0, event: "email.queued", result: "SUCCESS", minutesLater: 0, usage: 1, batchEnds: false },
        new Date(START + minute * MINUTE_MS),
      );
    for (const minute of [0, 1, 30, 61]) await sent(minute);
    const range = [new Date("2027-01-30T23:00:00Z"), new Date("2027-01-31T00:00:00Z")] as const;
    const shared = { channel: "email", event: "email.queued", result: "SUCCESS" };
    expect(await countByHour(pool, orgId, ...range)).toEqual({
      size: 4,
      counts: [{ ...shared, hour: range[0], count: 2 }],
    });
    expect(await countByHour(pool, other, ...range)).toEqual({ size: 0, counts: [] });
  });
});

it("what an existing log holds is counted when the tables are made", async () => {
  const before = await mkdtemp(join(tmpdir(), "anima-migrations-"));
  const old = await createEmptyDatabase();
  const client = new pg.Pool({ connectionString: old.url, max: 4 });
  try {
    await cp(MIGRATIONS, before, { recursive: true });
    const counters = (await readdir(before)).filter((name) => name >= "20261124135200_counters" && /^\d/.test(name));
    for (const name of counters) await rm(join(before, name), { recursive: true });
    await migrate({ databaseUrl: old.url, migrationsDir: before, onProgress: () => {} });
    const orgs = [newId(), newId(), newId()].sort();
    let at = START;
    for (const each of fc.sample(happening, { numRuns: 120, seed: 11 })) {
      at += each.minutesLater * MINUTE_MS;
      await write(client, orgs, each, new Date(at), true);
    }
    await sequenceBatch(client, "wait");
    await migrate({ databaseUrl: old.url, migrationsDir: MIGRATIONS, onProgress: () => {} });
    const all = await counted(client, orgs);
    expect(await kept(client, orgs)).toEqual(all);
    expect([all.hours.length, all.usage.length, all.troubles.length].every((length) => length > 10)).toBe(true);
  } finally {
    await client.end();
    await old.drop();
    await rm(before, { recursive: true });
  }
});
