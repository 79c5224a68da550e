import { z } from "zod";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { pageOfMessages } from "../messages/page.ts";
import { decodeCursor, encodeCursor, type Page, PageInput } from "../pagination.ts";
import { threadIdOf } from "../phone/chain.ts";
import { phoneNumber } from "../phone/fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { endsOf, type ShownNumber } from "./conversation.ts";

/** A conversation in a list: its newest text, or the newest that has the words that were searched for. */
export type ConversationSummary = {
  threadId: string;
  agentId: string;
  ours: ShownNumber;
  theirs: ShownNumber;
  messageCount: number;
  last: { body: string; direction: string; status: string; statusReason: string | null; at: string };
  optedOut: boolean;
};

const ListInput = PageInput.extend({
  agentId: id.optional(),
  number: phoneNumber.optional().describe("One of the organisation's, or one of whoever it texts with."),
  query: z.string().trim().max(500).optional().describe("What searchMessages takes; nothing for all."),
});

type Row = {
  id: string;
  agentId: string;
  messageCount: number;
  lastMessageAt: Date;
  direction: string;
  status: string;
  statusReason: string | null;
  fromAddress: string;
  to: string[];
  body: string;
};

/**
 * Conversations by text, the one with the newest text first. With words, those in which they were written: a page of
 * that may be short, or name one of the page before; `hasMore` says whether it goes on. VALIDATION_ERROR, NOT_FOUND
 * (agent, with an agent's key).
 */
export const listConversations = verb({
  access: anyKey("phone:read"),
  effect: "read",
  input: ListInput,
  run: async (ctx, input): Promise<Page<ConversationSummary>> => {
    const agentId = resolveAgentId(ctx, input.agentId);
    const between = input.number === undefined ? undefined : await threadsOf(ctx, input.number);
    const wanted = { ...input, agentId, between };
    return input.query ? found(ctx, { ...wanted, query: input.query }) : newest(ctx, wanted);
  },
});

/** Which threads a number has: all of the agents that it belonged to, and those of others with it. */
type Between = { holders: string[]; phoneNumber: string; ids: string[] };
type Wanted = {
  agentId: string | undefined;
  between: Between | undefined;
  limit: number;
  cursor?: string | undefined;
};

async function threadsOf(ctx: Context, phoneNumber: string): Promise<Between> {
  const held = await reader(ctx).phoneNumber.findMany({
    where: { orgId: orgOf(ctx) },
    select: { agentId: true, phoneNumber: true },
  });
  return {
    phoneNumber,
    holders: held.filter((number) => number.phoneNumber === phoneNumber).map(({ agentId }) => agentId),
    ids: held.map((number) => threadIdOf(number.agentId, number.phoneNumber, phoneNumber)),
  };
}

/** Where a page of this order begins: when the last thread of the page before had its newest text, and its id. */
const POSITION = /^\d{4}-\d\d-\d\dT[\d:.]+Z sms_[0-9a-f]{40}$/;

async function newest(ctx: Context, { agentId, between, limit, cursor }: Wanted): Promise<Page<ConversationSummary>> {
  const after = decodeCursor(cursor, POSITION)?.split(" ");
  const values: unknown[] = [orgOf(ctx)];
  const bind = (value: unknown) => `$${values.push(value)}`;
  // As it stands in the partial indexes.
  const conditions = ["t.org_id = $1", "t.channel = 'SMS'"];
  if (agentId !== undefined) conditions.push(`t.agent_id = ${bind(agentId)}`);
  if (after) conditions.push(`(t.last_message_at, t.id) < (${bind(after[0])}::timestamptz, ${bind(after[1])})`);
  if (between) {
    const own = `(t.agent_id = ANY(${bind(between.holders)}) AND ${bind(between.phoneNumber)} = ANY(t.participants))`;
    conditions.push(`(t.id = ANY(${bind(between.ids)}) OR ${own})`);
  }
  const { rows } = await ctx.services.db.pool.query<Row>(
    `SELECT t.id, t.agent_id AS "agentId", t.message_count AS "messageCount", t.last_message_at AS "lastMessageAt",
        m.direction, m.status, m.status_reason AS "statusReason", m.from_address AS "fromAddress", m."to", m.body
      FROM thread t CROSS JOIN LATERAL (
        SELECT * FROM message WHERE org_id = t.org_id AND thread_id = t.id ORDER BY id DESC LIMIT 1) AS m
      WHERE ${conditions.join(" AND ")} ORDER BY t.last_message_at DESC, t.id DESC LIMIT ${bind(limit + 1)}`,
    values,
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return {
    items: await withStanding(ctx, shown.map(toSummary)),
    pagination: {
      nextCursor: hasMore ? encodeCursor(`${last.lastMessageAt.toISOString()} ${last.id}`) : null,
      hasMore,
    },
  };
}

type Summary = Omit<ConversationSummary, "optedOut">;

function toSummary({ id: threadId, to, lastMessageAt, ...row }: Row): Summary {
  const { agentId, messageCount, body, direction, status, statusReason } = row;
  return {
    threadId,
    agentId,
    messageCount,
    ...endsOf({ ...row, toAddress: to[0] ?? "" }),
    last: { body, direction, status, statusReason, at: lastMessageAt.toISOString() },
  };
}

async function found(
  ctx: Context,
  { agentId, between, query, limit, cursor }: Wanted & { query: string },
): Promise<Page<ConversationSummary>> {
  const filter = { agentId, channels: ["SMS", "MMS"], includeSpam: true, words: query };
  const { items, pagination } = await pageOfMessages(ctx, filter, { limit, cursor });
  const ofThread = new Map<string, Summary>();
  for (const message of items) {
    const ends = endsOf(message);
    const isBetween =
      !between || [ends.ours, ends.theirs].some(({ phoneNumber }) => phoneNumber === between.phoneNumber);
    if (!isBetween || ofThread.has(message.threadId)) continue;
    const { body, direction, status, statusReason, createdAt: at } = message;
    ofThread.set(message.threadId, {
      threadId: message.threadId,
      agentId: message.agentId,
      messageCount: 0,
      ...ends,
      last: { body, direction, status, statusReason, at },
    });
  }
  const threads = await reader(ctx).thread.findMany({
    where: { orgId: orgOf(ctx), id: { in: [...ofThread.keys()] } },
    select: { id: true, messageCount: true },
  });
  for (const { id: threadId, messageCount } of threads) {
    const summary = ofThread.get(threadId);
    if (summary) summary.messageCount = messageCount;
  }
  return { items: await withStanding(ctx, [...ofThread.values()]), pagination };
}

/** Adds who has said stop. */
async function withStanding(ctx: Context, summaries: Summary[]): Promise<ConversationSummary[]> {
  const numbers = summaries.map(({ theirs }) => theirs.phoneNumber);
  const said = await reader(ctx).optOut.findMany({
    where: { orgId: orgOf(ctx), phoneNumber: { in: numbers } },
    select: { phoneNumber: true },
  });
  const optedOut = new Set(said.map(({ phoneNumber: each }) => each));
  return summaries.map((summary) => ({ ...summary, optedOut: optedOut.has(summary.theirs.phoneNumber) }));
}
