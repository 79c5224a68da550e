/**
 * What a page of the log costs at a million events, beside the same page at ten thousand: `node bench/list-events.ts`.
 * Also says how fast events get their numbers at both sizes: what the indexes of the search cost the sequencer.
 */
import pg from "pg";
import { listAuditEvents } from "#server/domain/events/list.ts";
import { encodeCursor } from "#server/domain/pagination.ts";
import { fillLog } from "../test/support/fill-log.ts";
import { compareSizes, type Page } from "./support/sizes.ts";

type Sample = { count: number; now: Date };

const limit = 100;
const secondsAgo = ({ now }: Sample, seconds: number) => new Date(now.getTime() - seconds * 1_000).toISOString();
const oldestHour = (sample: Sample) => ({ before: secondsAgo(sample, sample.count - 3_600) });
const middleHour = (sample: Sample) => ({
  after: secondsAgo(sample, sample.count / 2),
  before: secondsAgo(sample, sample.count / 2 - 3_600),
});

const PAGES: Page<Sample>[] = [
  ["first page", (ctx) => listAuditEvents(ctx, { limit })],
  [
    "page in the middle",
    (ctx, { count }) => listAuditEvents(ctx, { limit, cursor: encodeCursor(String(Math.floor(count / 2))) }),
  ],
  ["a chain", (ctx) => listAuditEvents(ctx, { limit, correlationId: "corr-777" })],
  ["a request", (ctx) => listAuditEvents(ctx, { limit, request_id: "req-777" })],
  ["channel, most of all", (ctx) => listAuditEvents(ctx, { limit, channel: "email" })],
  ["channel, none", (ctx) => listAuditEvents(ctx, { limit, channel: "voice" })],
  ["channel, only long ago", (ctx) => listAuditEvents(ctx, { limit, channel: "sms" })],
  ["event, a third", (ctx) => listAuditEvents(ctx, { limit, event: "email.sent" })],
  ["event, only long ago", (ctx) => listAuditEvents(ctx, { limit, event: "sms.sent" })],
  ["event of another channel", (ctx) => listAuditEvents(ctx, { limit, event: "email.sent", channel: "agent" })],
  ["result, most of all", (ctx) => listAuditEvents(ctx, { limit, result: "SUCCESS" })],
  ["result, 1 in 1,000", (ctx) => listAuditEvents(ctx, { limit, result: "DENIED" })],
  ["channel and result, none", (ctx) => listAuditEvents(ctx, { limit, channel: "email", result: "DENIED" })],
  ["agent", (ctx) => listAuditEvents(ctx, { limit, agentId: "AGENT-3" })],
  ["agent, only long ago", (ctx) => listAuditEvents(ctx, { limit, agentId: "AGENT-15" })],
  ["agent, none", (ctx) => listAuditEvents(ctx, { limit, agentId: "AGENT-99" })],
  ["agent and event", (ctx) => listAuditEvents(ctx, { limit, agentId: "AGENT-3", event: "email.queued" })],
  ["agent and channel, none", (ctx) => listAuditEvents(ctx, { limit, agentId: "AGENT-3", channel: "voice" })],
  ["agent and result, none", (ctx) => listAuditEvents(ctx, { limit, agentId: "AGENT-4", result: "FAILURE" })],
  ["the oldest hour", (ctx, sample) => listAuditEvents(ctx, { limit, ...oldestHour(sample) })],
  ["an hour in the middle", (ctx, sample) => listAuditEvents(ctx, { limit, ...middleHour(sample) })],
  [
    "agent and event, an hour in the middle",
    (ctx, sample) => listAuditEvents(ctx, { limit, ...middleHour(sample), agentId: "AGENT-3", event: "email.queued" }),
  ],
  [
    "result, an hour in the middle",
    (ctx, sample) => listAuditEvents(ctx, { limit, ...middleHour(sample), result: "DENIED" }),
  ],
  [
    "channel, none in the oldest hour",
    (ctx, sample) => listAuditEvents(ctx, { limit, ...oldestHour(sample), channel: "voice" }),
  ],
];

await compareSizes(PAGES, "ORG", async (databaseUrl, count) => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const now = new Date();
  const ms = await fillLog(pool, "ORG", count, now);
  console.log(`${Math.round(count / (ms / 1_000))} events a second get their numbers, up to ${count}`);
  await pool.query("VACUUM ANALYZE");
  await pool.end();
  return { count, now };
});
