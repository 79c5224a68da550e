import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { Context } from "#server/domain/context.ts";
import { readConfig } from "#server/platform/config.ts";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { migrate } from "#server/platform/migrate.ts";
import { openRuntime } from "#server/runtime.ts";

const SMALL = 10_000;
const LARGE = 1_000_000;
const ROUNDS = 25;

type Answer = { items: unknown[] } | { messages: unknown[] } | { calls: unknown[] };

/** A page by name; `sample` is what there is to ask for. */
export type Page<Sample> = [name: string, read: (ctx: Context, sample: Sample) => Promise<Answer>];

/**
 * What pages cost at a million rows, beside the same pages at ten thousand: makes both in an embedded PostgreSQL of its
 * own, asks the verbs behind the lists, and prints the medians and their ratio. A list that is read by key costs the
 * same in both; one that counts, skips or scans does not.
 *
 * @param orgId the organisation that asks
 * @param fill fills an empty, migrated database with so many rows
 */
export async function compareSizes<Sample>(
  pages: Page<Sample>[],
  orgId: string,
  fill: (databaseUrl: string, count: number) => Promise<Sample>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "anima-bench-"));
  // The unprivileged user of PostgreSQL must be able to enter.
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, "data"),
    onProgress: () => {},
    settings: { fsync: "off", full_page_writes: "off", max_wal_size: "4GB", shared_buffers: "512MB" },
  });
  try {
    const [small, large] = [SMALL, LARGE].map((count) => async () => {
      const url = await createDatabase(postgres.url, `bench_${count}`);
      const start = performance.now();
      const sample = await fill(url, count);
      console.log(`${count} made in ${Math.round((performance.now() - start) / 1000)} s`);
      return measure(pages, orgId, url, sample);
    }) as [() => Promise<Measured[]>, () => Promise<Measured[]>];
    print(pages, await small(), await large());
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true });
  }
}

type Measured = { ms: number; items: number };

function print(pages: Page<never>[], small: Measured[], large: Measured[]): void {
  console.table(
    pages.map(([page], index) => {
      const [at, beside] = [large[index], small[index]];
      if (!at || !beside) throw new Error(`${page} was not measured`);
      return {
        page,
        items: at.items,
        "ms at 10,000": beside.ms.toFixed(2),
        "ms at 1,000,000": at.ms.toFixed(2),
        ratio: (at.ms / beside.ms).toFixed(2),
      };
    }),
  );
}

async function measure<Sample>(pages: Page<Sample>[], orgId: string, url: string, sample: Sample): Promise<Measured[]> {
  const dataDir = await mkdtemp(join(tmpdir(), "anima-bench-"));
  const runtime = await openRuntime(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: "silent" }), url);
  const ctx: Context = {
    services: runtime,
    principal: { kind: "master", orgId, tier: "ENTERPRISE", keyId: "bench", scopes: ["*"] },
    requestId: null,
    correlationId: "bench",
    correlationGiven: true,
  };
  const results: Measured[] = [];
  for (const [, read] of pages) results.push(await timePage(() => read(ctx, sample)));
  await runtime.close();
  await rm(dataDir, { recursive: true });
  return results;
}

/** The median of the rounds, after one that warms up. */
async function timePage(read: () => Promise<Answer>): Promise<Measured> {
  const warm = await read();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await read();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { ms: times[Math.floor(ROUNDS / 2)] as number, items: shownIn(warm).length };
}

function shownIn(answer: Answer): unknown[] {
  if ("items" in answer) return answer.items;
  return "calls" in answer ? answer.calls : answer.messages;
}

async function createDatabase(clusterUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: clusterUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  const migrationsDir = join(import.meta.dirname, "../../prisma/migrations");
  await migrate({ databaseUrl: url.href, migrationsDir, onProgress: () => {} });
  return url.href;
}
