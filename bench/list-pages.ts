/**
 * What a page of messages costs at a million messages, beside the same page at ten thousand: `node bench/list-pages.ts`.
 *
 * Makes both in an embedded PostgreSQL of its own, asks the verbs behind the lists for pages, and prints the medians and
 * their ratio. A list that is read by key costs the same in both; one that counts, skips or scans does not.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { Context } from "#server/domain/context.ts";
import { listEmail, listMessages } from "#server/domain/messages/list.ts";
import { searchMessages } from "#server/domain/messages/search.ts";
import { encodeCursor } from "#server/domain/pagination.ts";
import { getThread } from "#server/domain/threads/get.ts";
import { listThreads } from "#server/domain/threads/list.ts";
import { readConfig } from "#server/platform/config.ts";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { migrate } from "#server/platform/migrate.ts";
import { openRuntime } from "#server/runtime.ts";
import { fillMessages, LARGEST_ORG, readSample, type Sample } from "./list-pages/fill.ts";

const SMALL = 10_000;
const LARGE = 1_000_000;
const ROUNDS = 25;

type Page = [
  name: string,
  read: (ctx: Context, sample: Sample) => Promise<{ items: unknown[] } | { messages: unknown[] }>,
];

const DAY_MS = 86_400_000;
const agentId = "AGENT-3";

const PAGES: Page[] = [
  ["first page", (ctx) => listMessages(ctx, {})],
  ["first page of an agent", (ctx) => listMessages(ctx, { agentId })],
  ["page in the middle", (ctx, { middle }) => listMessages(ctx, { cursor: encodeCursor(middle.id) })],
  [
    "page in the middle of an agent",
    (ctx, { middle }) => listMessages(ctx, { agentId, cursor: encodeCursor(middle.id) }),
  ],
  ["label, 1 in 100", (ctx) => listMessages(ctx, { labels: ["vip"] })],
  ["label, 10 in all", (ctx) => listMessages(ctx, { labels: ["rare"] })],
  // The worst case: far too many for the index, none among the newest.
  ["label, the older half", (ctx) => listMessages(ctx, { labels: ["old"] })],
  ["sender, 10 in all", (ctx) => listMessages(ctx, { fromAddress: "rare@example.com" })],
  ["recipient, 10 in all", (ctx) => listMessages(ctx, { toAddress: "rare@example.net" })],
  ["recipient, an agent", (ctx) => listMessages(ctx, { toAddress: "agent-3@agents.example" })],
  ["inbox", (ctx) => listMessages(ctx, { inboxId: "INBOX-AGENT-3" })],
  ["channel, 1 in 1000", (ctx) => listMessages(ctx, { channel: "SMS" })],
  ["status, 1 in 1000", (ctx) => listMessages(ctx, { status: "FAILED" })],
  ["channel, none", (ctx) => listMessages(ctx, { channel: "MMS" })],
  ["status, none", (ctx) => listMessages(ctx, { status: "BLOCKED" })],
  ["direction and status, none", (ctx) => listMessages(ctx, { direction: "INBOUND", status: "SENT" })],
  ["mails, first page", (ctx) => listEmail(ctx, {})],
  ["mails, page in the middle", (ctx, { middle }) => listEmail(ctx, { cursor: encodeCursor(middle.id) })],
  [
    "the oldest day",
    (ctx, { oldest }) => listMessages(ctx, { dateRange: { to: new Date(oldest.getTime() + DAY_MS).toISOString() } }),
  ],
  ["messages of a thread", (ctx, { middle }) => listMessages(ctx, { threadId: middle.threadId })],
  ["thread with its messages", (ctx, { middle }) => getThread(ctx, { id: middle.threadId })],
  ["threads, first page", (ctx) => listThreads(ctx, {})],
  ["threads, offset 1000", (ctx) => listThreads(ctx, { offset: 1000 })],
  ["search, 10 in all", (ctx) => searchMessages(ctx, { query: "needle" })],
  ["search, a common word", (ctx) => searchMessages(ctx, { query: "w0" })],
  ["search, a common and a rare word", (ctx) => searchMessages(ctx, { query: "w0 needle" })],
  [
    "search, a rare word in the mails of an agent",
    (ctx) => searchMessages(ctx, { query: "w25000", filters: { agentId } }),
  ],
  ["search, a word that is not there", (ctx) => searchMessages(ctx, { query: "absent" })],
];

/** The median milliseconds of every page, and how many items it has. */
async function measure(clusterUrl: string, count: number): Promise<{ ms: number; items: number }[]> {
  const url = await createDatabase(clusterUrl, `bench_${count}`);
  const migrationsDir = join(import.meta.dirname, "../prisma/migrations");
  await migrate({ databaseUrl: url, migrationsDir, onProgress: () => {} });
  const client = new Client({ connectionString: url });
  await client.connect();
  const start = performance.now();
  await fillMessages(client, count, new Date());
  console.log(`${count} messages made in ${Math.round((performance.now() - start) / 1000)} s`);
  const sample = await readSample(client);
  await client.end();

  const dataDir = await mkdtemp(join(tmpdir(), "anima-bench-"));
  const runtime = await openRuntime(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: "silent" }), url);
  const ctx: Context = {
    services: runtime,
    principal: { kind: "master", orgId: LARGEST_ORG, tier: "ENTERPRISE", keyId: "bench", scopes: ["*"] },
    requestId: null,
    correlationId: "bench",
    correlationGiven: true,
  };
  const results: { ms: number; items: number }[] = [];
  for (const [, read] of PAGES) results.push(await timePage(() => read(ctx, sample)));
  await runtime.close();
  await rm(dataDir, { recursive: true });
  return results;
}

/** The median of the rounds, after one that warms up. */
async function timePage(
  read: () => Promise<{ items: unknown[] } | { messages: unknown[] }>,
): Promise<{ ms: number; items: number }> {
  const warm = await read();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await read();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { ms: times[Math.floor(ROUNDS / 2)] as number, items: ("items" in warm ? warm.items : warm.messages).length };
}

async function createDatabase(clusterUrl: string, name: string): Promise<string> {
  const client = new Client({ connectionString: clusterUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return url.href;
}

const folder = await mkdtemp(join(tmpdir(), "anima-bench-"));
// The unprivileged user of PostgreSQL must be able to enter.
await chmod(folder, 0o755);
const postgres = await startEmbeddedPostgres({
  dataDir: join(folder, "data"),
  onProgress: () => {},
  settings: { fsync: "off", full_page_writes: "off", max_wal_size: "4GB", shared_buffers: "512MB" },
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
        "ms at 1,000,000": at.ms.toFixed(2),
        ratio: (at.ms / beside.ms).toFixed(2),
      };
    }),
  );
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true });
}
