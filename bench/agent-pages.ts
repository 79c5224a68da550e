/**
 * What a page of agents costs at a hundred thousand agents, beside the same page at ten thousand:
 * `node bench/agent-pages.ts`. Makes both in an embedded PostgreSQL of its own, asks the verb behind the list for pages,
 * and prints the medians and their ratio.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { listAgents } from "#server/domain/agents/list.ts";
import type { Context } from "#server/domain/context.ts";
import { encodeCursor } from "#server/domain/pagination.ts";
import { readConfig } from "#server/platform/config.ts";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { migrate } from "#server/platform/migrate.ts";
import { openRuntime } from "#server/runtime.ts";
import { fillAgents, fillEvents } from "./agent-pages/fill.ts";

const SMALL = 10_000;
const LARGE = 100_000;
const ROUNDS = 15;
const ORG = "ORG-0";

type Input = Parameters<typeof listAgents>[1];

const after = (sort: string, order: string, value: string | null, id: string) =>
  encodeCursor(JSON.stringify([sort, order, value, id]));

const PAGES: [name: string, input: Input][] = [
  ["newest", {}],
  ["newest, paused (1 in 50)", { status: "PAUSED" }],
  ["by name", { sort: "name" }],
  ["by name, from the middle", { sort: "name", cursor: after("name", "asc", "agent 5", "M") }],
  ["by status, from the end", { sort: "status", order: "desc" }],
  ["search, 10 in all", { search: "needle" }],
  ["search, 10 in all, by name", { search: "needle", sort: "name" }],
  ["search, part of an address", { search: "77@agents" }],
  ["search, in every name", { search: "agent" }],
  ["search, one letter in every name", { search: "g" }],
  ["search, the older half", { search: "old" }],
  ["search, nothing", { search: "absent" }],
  ["search, nothing, two letters", { search: "qx" }],
];

async function measure(clusterUrl: string, count: number): Promise<{ ms: number; items: number }[]> {
  const client = new Client({ connectionString: clusterUrl });
  await client.connect();
  await client.query(`CREATE DATABASE bench_${count}`);
  await client.end();
  const url = new URL(clusterUrl);
  url.pathname = `/bench_${count}`;
  const databaseUrl = url.href;
  const migrationsDir = join(import.meta.dirname, "../prisma/migrations");
  await migrate({ databaseUrl, migrationsDir, onProgress: () => {} });
  const filler = new Client({ connectionString: databaseUrl });
  await filler.connect();
  await filler.query(
    `INSERT INTO organization (id, name, slug, tier, origin, ownership, created_at, updated_at)
      VALUES ($1, 'Bench', 'bench', 'ENTERPRISE', 'SETUP', 'CLAIMED', now(), now())`,
    [ORG],
  );
  await fillAgents(filler, ORG, count);
  await fillEvents(filler, ORG, count);
  await filler.end();

  const dataDir = await mkdtemp(join(tmpdir(), "anima-bench-"));
  const runtime = await openRuntime(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: "silent" }), databaseUrl);
  const ctx: Context = {
    services: runtime,
    principal: { kind: "master", orgId: ORG, tier: "ENTERPRISE", keyId: "bench", scopes: ["*"] },
    requestId: null,
    correlationId: "bench",
    correlationGiven: true,
  };
  const results: { ms: number; items: number }[] = [];
  for (const [, input] of PAGES) results.push(await time(() => listAgents(ctx, input)));
  await runtime.close();
  await rm(dataDir, { recursive: true });
  return results;
}

/** The median of the rounds, after one that warms up. */
async function time(read: () => Promise<{ items: unknown[] }>): Promise<{ ms: number; items: number }> {
  const { items } = await read();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await read();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { ms: times[Math.floor(ROUNDS / 2)] as number, items: items.length };
}

const folder = await mkdtemp(join(tmpdir(), "anima-bench-"));
// The unprivileged user of PostgreSQL must be able to enter.
await chmod(folder, 0o755);
const postgres = await startEmbeddedPostgres({
  dataDir: join(folder, "data"),
  onProgress: () => {},
  settings: { fsync: "off", full_page_writes: "off" },
});
try {
  const small = await measure(postgres.url, SMALL);
  const large = await measure(postgres.url, LARGE);
  console.table(
    PAGES.map(([page], index) => {
      const [at, beside] = [large[index], small[index]];
      if (!at || !beside) throw new Error(`${page} was not measured`);
      return {
        page,
        items: at.items,
        "ms at 10,000": beside.ms.toFixed(2),
        "ms at 100,000": at.ms.toFixed(2),
        ratio: (at.ms / beside.ms).toFixed(2),
      };
    }),
  );
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true });
}
