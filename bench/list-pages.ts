/**
 * What a page of messages or calls costs at a million of each, beside the same page at ten thousand: `node bench/list-pages.ts`.
 */
import { Client } from "pg";
import { listCalls } from "#server/domain/calls/list.ts";
import { listEmail, listMessages } from "#server/domain/messages/list.ts";
import { searchMessages } from "#server/domain/messages/search.ts";
import { encodeCursor } from "#server/domain/pagination.ts";
import { getThread } from "#server/domain/threads/get.ts";
import { listThreads } from "#server/domain/threads/list.ts";
import { fillMessages, LARGEST_ORG, readSample, type Sample } from "./list-pages/fill.ts";
import { compareSizes, type Page } from "./support/sizes.ts";

const DAY_MS = 86_400_000;
const agentId = "AGENT-3";

const PAGES: Page<Sample>[] = [
  ["first page", (ctx) => listMessages(ctx, {})],
  ["first page of an agent", (ctx) => listMessages(ctx, { agentId })],
  ["page in the middle", (ctx, { middle }) => listMessages(ctx, { cursor: encodeCursor(middle.id) })],
  [
    "page in the middle of an agent",
    (ctx, { middle }) => listMessages(ctx, { agentId, cursor: encodeCursor(middle.id) }),
  ],
  ["label, 1 in 100", (ctx) => listMessages(ctx, { labels: ["vip"] })],
  ["label, 10 in all", (ctx) => listMessages(ctx, { labels: ["rare"] })],
  // Very many, none among the newest.
  ["label, the older half", (ctx) => listMessages(ctx, { labels: ["old"] })],
  ["sender, 10 in all", (ctx) => listMessages(ctx, { fromAddress: "rare@example.com" })],
  ["recipient, 10 in all", (ctx) => listMessages(ctx, { toAddress: "rare@example.net" })],
  ["recipient, an agent", (ctx) => listMessages(ctx, { toAddress: "agent-3@agents.example" })],
  ["sender, silent for long", (ctx) => listMessages(ctx, { fromAddress: "silent@example.com" })],
  ["label of an agent, the older half", (ctx) => listMessages(ctx, { agentId, labels: ["old"] })],
  ["two labels, the older half", (ctx) => listMessages(ctx, { labels: ["read", "old"] })],
  ["inbox, silent for long", (ctx) => listMessages(ctx, { inboxId: "INBOX-SILENT" })],
  ["spam", (ctx) => listMessages(ctx, { labels: ["spam"] })],
  ["status of an agent, none", (ctx) => listMessages(ctx, { agentId, status: "BLOCKED" })],
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
  ["search, a common word that only old messages have", (ctx) => searchMessages(ctx, { query: "silent@example.com" })],
  [
    "search, such a word in the mails of an agent",
    (ctx) => searchMessages(ctx, { query: "silent@example.com", filters: { agentId } }),
  ],
  ["search, a common word", (ctx) => searchMessages(ctx, { query: "w0" })],
  ["search, a common and a rare word", (ctx) => searchMessages(ctx, { query: "w0 needle" })],
  [
    "search, a rare word in the mails of an agent",
    (ctx) => searchMessages(ctx, { query: "w25000", filters: { agentId } }),
  ],
  ["search, a word that is not there", (ctx) => searchMessages(ctx, { query: "absent" })],
  ["calls, first page", (ctx) => listCalls(ctx, {})],
  ["calls of an agent", (ctx) => listCalls(ctx, { agentId })],
  ["calls, page in the middle", (ctx, { middle }) => listCalls(ctx, { cursor: encodeCursor(middle.id) })],
  ["calls, offset 1000", (ctx) => listCalls(ctx, { offset: 1_000 })],
  ["calls, 10 that run", (ctx) => listCalls(ctx, { state: "active" })],
  ["calls of an agent, 1 in 1000 that failed", (ctx) => listCalls(ctx, { agentId, state: "failed" })],
  ["calls that went out and failed, none", (ctx) => listCalls(ctx, { direction: "OUTBOUND", state: "failed" })],
];

await compareSizes(PAGES, LARGEST_ORG, async (databaseUrl, count) => {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await fillMessages(client, count, new Date());
  const sample = await readSample(client);
  await client.end();
  return sample;
});
