import type { Transaction } from "#server/platform/database.ts";
import type { StoredMessage } from "../messages/schemas.ts";

const SNIPPET_LENGTH = 140;
const MAX_PARTICIPANTS = 100;

/**
 * SQL that makes the row of a thread with its first message or, where it is there, adds one message to it. The values
 * stand between the two. One statement, since two messages of a thread may come at the same moment.
 */
export const THREAD_SQL = `INSERT INTO thread AS t (org_id, id, agent_id, channel, subject, participants, message_count,
  last_message_at, last_message_snippet, last_message_direction)`;
export const THREAD_CONFLICT = `ON CONFLICT (org_id, id) DO UPDATE SET message_count = t.message_count + 1,
  last_message_at = excluded.last_message_at, last_message_snippet = excluded.last_message_snippet,
  last_message_direction = excluded.last_message_direction,
  participants = ARRAY(SELECT DISTINCT unnest(t.participants || excluded.participants) LIMIT ${MAX_PARTICIPANTS})`;

/** The beginning of what was written, on one line. */
export function snippetOf(message: Pick<StoredMessage, "body" | "extractedText">): string {
  const text = (message.extractedText || message.body).slice(0, 2_000).replace(/\s+/g, " ").trim();
  return Array.from(text).slice(0, SNIPPET_LENGTH).join("");
}

/** From and To; Cc and Bcc are not participants. */
export function participantsOf(message: Pick<StoredMessage, "fromAddress" | "to">): string[] {
  return [...new Set([message.fromAddress, ...message.to])].slice(0, MAX_PARTICIPANTS);
}

/** `<id>` and `id` are one Message-ID. */
export function bareMessageId(text: string): string {
  return text.trim().replace(/^<|>$/g, "");
}

/**
 * The message of the agent that carries one of the Message-IDs, the first in the order given. A stranger may repeat an id
 * to draw the answers to it into a chain of their own: what the agent sent itself wins, then what came first.
 */
export async function findByMessageId(
  db: Transaction,
  orgId: string,
  agentId: string,
  messageIds: string[],
): Promise<{
  threadId: string;
  eventId: string;
  correlationId: string;
  externalId: string | null;
  references: string[];
} | null> {
  if (messageIds.length === 0) return null;
  const found = await db.message.findMany({
    where: { orgId, agentId, externalId: { in: messageIds } },
    select: { threadId: true, eventId: true, correlationId: true, externalId: true, references: true },
    orderBy: [{ direction: "desc" }, { id: "asc" }],
    take: 100,
  });
  for (const id of messageIds) {
    const match = found.find((message) => message.externalId === id);
    if (match) return match;
  }
  return null;
}
