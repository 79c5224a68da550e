/**
 * What the counters cost, and what they save: `node bench/counters.ts`.
 *
 * Numbers batches of events, in turns with and without the trigger that counts them, and asks the verbs of the console's
 * first pages at ten thousand and at a million events and usage records. Medians and ratios: absolute numbers are this
 * machine's at this moment.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { sequenceBatch } from "#server/audit/sequencer.ts";
import { listAgentsInNeed } from "#server/domain/agents/in-need.ts";
import type { Context } from "#server/domain/context.ts";
import { countEvents } from "#server/domain/events/count.ts";
import { usageByDay } from "#server/domain/usage/by-day.ts";
import { readConfig } from "#server/platform/config.ts";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { migrate } from "#server/platform/migrate.ts";
import { openRuntime } from "#server/runtime.ts";
import { median } from "./support/load.ts";

const SMALL = 10_000;
const LARGE = 1_000_000;
const AGENTS = 10_000;
const BATCH = 2_000;
const ORGANISATIONS = 64;
const ROUNDS = 15;
const BATCHES = 4;

/** An organisation with so many mails of the last 30 days, each with its event and usage record, one in ten refused. */
async function fill(pool: pg.Pool, orgId: string, mails: number): Promise<void> {
  const agents = Math.min(AGENTS, mails / 10);
  await pool.query(
    `INSERT INTO organization (id, name, slug, tier, origin, ownership, created_at, updated_at)
      VALUES ($1, $1, lower($1), 'ENTERPRISE', 'SETUP', 'CLAIMED', now() - interval '1 year', now())`,
    [orgId],
  );
  await pool.query(
    `INSERT INTO agent (org_id, id, name, slug, status, created_at, updated_at)
      SELECT $1, 'agent-' || n, 'Agent ' || n, 'agent-' || n, CASE WHEN n % 20 = 0 THEN 'PAUSED' ELSE 'ACTIVE' END, now(), now()
      FROM generate_series(1, $2::int) n`,
    [orgId, agents],
  );
  await pool.query(
    `INSERT INTO usage_record (org_id, id, agent_id, meter, quantity, resource_id, created_at)
      SELECT $1, 'event-' || n, 'agent-' || 1 + n % $3::int, 'email_sent', 1, 'message-' || n,
        now() - interval '30 days' * n / $2::int FROM generate_series(1, $2::int) n`,
    [orgId, mails, agents],
  );
  // In parts, as the sequencer numbers them: the trigger counts each.
  for (let at = 0; at < mails; at += 50_000) {
    await pool.query(
      `INSERT INTO event_sequence (org_id, seq, event_id, ts, leaf_hash, channel, event, result, agent_id, correlation_id)
        SELECT $1, n - 1, 'event-' || n, now() - interval '30 days' * ($2::int - n) / $2::int, '', 'email',
          CASE WHEN n % 10 = 0 THEN 'email.refused' ELSE 'email.queued' END,
          CASE WHEN n % 10 = 0 THEN 'DENIED' ELSE 'SUCCESS' END, 'agent-' || 1 + n % $3::int, 'corr-' || n
        FROM generate_series($4::int + 1, least($4::int + 50000, $2::int)) n`,
      [orgId, mails, agents, at],
    );
  }
  await pool.query(
    `INSERT INTO event (org_id, id, ts, record)
      SELECT s.org_id, s.event_id, s.ts, jsonb_build_object('v', 1, 'id', s.event_id, 'ts', s.ts, 'channel', s.channel,
        'event', s.event, 'result', s.result, 'data', '{}'::jsonb)::text
      FROM agent_trouble t JOIN event_sequence s ON s.org_id = t.org_id AND s.seq = t.last_seq WHERE t.org_id = $1`,
    [orgId],
  );
  await pool.query("INSERT INTO event_tree (org_id, size, frontier) VALUES ($1, $2, '')", [orgId, mails]);
}

let serial = 0;

/** Mails that were accepted and have no number yet, of many organisations. */
async function append(pool: pg.Pool): Promise<void> {
  serial++;
  await pool.query(
    `WITH mail AS (SELECT 'bench-' || n % $2::int AS org_id, 'event-' || $3::int || '-' || n AS id, now() AS ts
        FROM generate_series(1, $1::int) n),
      used AS (INSERT INTO usage_record (org_id, id, agent_id, meter, quantity, resource_id, created_at)
        SELECT org_id, id, 'agent', 'email_sent', 1, id, ts FROM mail),
      events AS (INSERT INTO event (org_id, id, ts, record) SELECT org_id, id, ts,
        jsonb_build_object('v', 1, 'id', id, 'channel', 'email', 'event', 'email.queued', 'result', 'SUCCESS',
          'agentId', 'agent', 'correlationId', 'corr-' || id, 'requestId', 'req-' || id, 'data', '{}'::jsonb)::text
        FROM mail)
    INSERT INTO event_pending (org_id, event_id, ts) SELECT org_id, id, ts FROM mail`,
    [BATCH, ORGANISATIONS, serial],
  );
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** @returns milliseconds for a full batch, with and without counting, in turns */
async function measureSequencer(pool: pg.Pool): Promise<{ counted: number; bare: number }> {
  const times = { counted: [] as number[], bare: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [way, state] of [
      ["counted", "ENABLE"],
      ["bare", "DISABLE"],
    ] as const) {
      await pool.query(`ALTER TABLE event_sequence ${state} TRIGGER event_sequence_counted`);
      // The first one only makes the plans again, which the change has thrown away.
      for (let batch = 0; batch <= BATCHES; batch++) {
        await append(pool);
        const time = await timed(() => sequenceBatch(pool, "wait"));
        if (batch > 0) times[way].push(time);
      }
    }
  }
  await pool.query("ALTER TABLE event_sequence ENABLE TRIGGER event_sequence_counted");
  return { counted: median(times.counted), bare: median(times.bare) };
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "anima-counters-"));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "data"), onProgress: () => {} });
  try {
    const migrationsDir = join(import.meta.dirname, "../prisma/migrations");
    await migrate({ databaseUrl: postgres.url, migrationsDir, onProgress: () => {} });
    const config = readConfig({ DATA_DIR: join(folder, "anima"), LOG_LEVEL: "warn" });
    const runtime = await openRuntime(config, postgres.url);
    const { pool } = runtime.db;
    await fill(pool, "SMALL", SMALL);
    await fill(pool, "LARGE", LARGE);
    await pool.query("VACUUM ANALYZE");

    const { counted, bare } = await measureSequencer(pool);
    const line = (name: string, a: number, b: number) =>
      process.stdout.write(
        `${name.padEnd(36)}${a.toFixed(1).padStart(8)}${b.toFixed(1).padStart(10)}${(a / b).toFixed(2).padStart(9)}\n`,
      );
    process.stdout.write(`${"".padEnd(36)}${"counted".padStart(8)}${"without".padStart(10)}${"ratio".padStart(9)}\n`);
    line(`ms to number ${BATCH} events`, counted, bare);

    const contextOf = (orgId: string): Context => ({
      services: runtime,
      principal: { kind: "master", orgId, tier: "ENTERPRISE", keyId: "bench", scopes: ["*"] },
      requestId: null,
      correlationId: "corr_bench",
      correlationGiven: true,
    });
    const reads: [string, (ctx: Context) => Promise<unknown>][] = [
      ["ms for the last 24 hours", (ctx) => countEvents(ctx, {})],
      ["ms for the usage of the month", (ctx) => usageByDay(ctx, {})],
      ["ms for the agents in need", (ctx) => listAgentsInNeed(ctx, {})],
    ];
    process.stdout.write(`\n${"".padEnd(36)}${"1,000,000".padStart(8)}${"10,000".padStart(9)}${"ratio".padStart(9)}\n`);
    for (const [name, read] of reads) {
      const times = { LARGE: [] as number[], SMALL: [] as number[] };
      for (let round = 0; round < ROUNDS; round++) {
        for (const orgId of ["LARGE", "SMALL"] as const) {
          times[orgId].push(await timed(() => read(contextOf(orgId))));
        }
      }
      line(name, median(times.LARGE), median(times.SMALL));
    }
    await runtime.close();
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true });
  }
}

await main();
