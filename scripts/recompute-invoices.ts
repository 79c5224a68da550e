/**
 * Reckons stored invoices anew from the raw usage records and compares, to the micro-unit.
 *
 *   npm run recompute-invoices                      a month of a million generated records on a database of its own
 *   npm run recompute-invoices -- --records 10000
 *   DATABASE_URL=… npm run recompute-invoices -- --stored    every invoice that there is
 *
 * Exit code 1 where one differs. With --stored the server's PLANS_FILE and STRIPE_SECRET_KEY must be set as it has them.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Logger, runMigrations } from "graphile-worker";
import pg from "pg";
import { closeMonths } from "#server/domain/invoices/close-month.ts";
import { lockOrganization } from "#server/domain/organizations/lock.ts";
import { setPlan } from "#server/domain/plans/set.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import { ManualClock } from "#server/platform/clock.ts";
import { readConfig } from "#server/platform/config.ts";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { migrate } from "#server/platform/migrate.ts";
import type { Plans } from "#server/platform/tiers.ts";
import { openRuntime } from "#server/runtime.ts";
import { fillMonth, sumDays, takeBack } from "./recompute-invoices/fill.ts";
import { recomputeInvoices } from "./recompute-invoices/recompute.ts";

const { values } = parseArgs({
  options: { records: { type: "string", default: "1000000" }, stored: { type: "boolean", default: false } },
});

const ORG = "recomputed";

/** @returns whether all are equal */
async function compare(databaseUrl: string, plans: Plans, minimumCents: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const prices = Object.fromEntries(Object.entries(plans).map(([tier, plan]) => [tier, plan.priceCents]));
  const { rows } = await client.query<{ org_id: string }>("SELECT DISTINCT org_id FROM invoice ORDER BY org_id");
  let equal = true;
  for (const { org_id: orgId } of rows) {
    const began = performance.now();
    for (const invoice of await recomputeInvoices(client, orgId, prices, minimumCents)) {
      const { number, month, storedMicros, linesMicros, recomputedMicros, storedCents, recomputedCents } = invoice;
      const same = storedMicros === recomputedMicros && linesMicros === storedMicros && storedCents === recomputedCents;
      equal &&= same;
      console.log(
        `${orgId} ${number} ${month.slice(0, 7)}: stored ${storedMicros}, lines ${linesMicros}, recomputed ${recomputedMicros} from ${invoice.records} records: ${same ? "equal" : "DIFFERENT"}`,
      );
    }
    console.log(`${orgId}: recomputed in ${seconds(began)}`);
  }
  await client.end();
  return equal;
}

/** A month of many records with a change of plan in it, and the next one with credits for the first. */
async function generate(records: number): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), "anima-recompute-"));
  await chmod(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir, onProgress: () => {} });
  try {
    const migrationsDir = join(import.meta.dirname, "../prisma/migrations");
    await migrate({ databaseUrl: postgres.url, migrationsDir, onProgress: () => {} });
    await runMigrations({ connectionString: postgres.url, logger: new Logger(() => () => {}) });
    const clock = new ManualClock(new Date("2027-01-11T00:00:00Z"));
    const config = readConfig({ DATA_DIR: dataDir, LOG_LEVEL: "error" });
    const runtime = await openRuntime(config, postgres.url, { clock });
    const { pool } = runtime.db;
    await pool.query(
      `INSERT INTO organization (id, name, slug, tier, origin, ownership, created_at, updated_at)
        VALUES ($1, $1, $1, 'STARTER', 'SETUP', 'CLAIMED', '2027-01-01T00:00:00Z', now())`,
      [ORG],
    );
    const actor = {
      actorType: "SYSTEM" as const,
      actorId: "recompute",
      requestId: null,
      correlationId: "corr_recompute",
    };
    await openTransaction(runtime, async (tx) => {
      await lockOrganization(tx, ORG);
      await setPlan(runtime, tx, { orgId: ORG, tier: "GROWTH", at: clock.now(), actor });
    });
    let began = performance.now();
    await fillMonth(pool, ORG, "2027-01-01", records);
    await pool.query("ANALYZE");
    console.log(`${records} records of a month generated in ${seconds(began)}`);
    clock.set(new Date("2027-02-01T00:00:00Z"));
    began = performance.now();
    await closeMonths(runtime);
    console.log(`the month's invoice issued in ${seconds(began)}`);
    await takeBack(pool, ORG, "2027-01-01", 101, "'2027-02-03T00:00:00Z'::timestamptz");
    await sumDays(pool, ORG);
    clock.set(new Date("2027-03-01T00:00:00Z"));
    began = performance.now();
    await closeMonths(runtime);
    console.log(`the next one, with credits, issued in ${seconds(began)}`);
    await runtime.close();
    return await compare(postgres.url, config.plans, runtime.payments.minimumCents);
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}

async function main(): Promise<boolean> {
  if (!values.stored) return generate(Number(values.records));
  const config = readConfig(process.env);
  if (config.databaseUrl === null) throw new Error("Set DATABASE_URL: whose invoices?");
  return compare(config.databaseUrl, config.plans, config.stripe ? 50 : 0);
}

process.exitCode = (await main()) ? 0 : 1;
