import type { Transaction } from "#server/platform/database.ts";
import type { StoredMessage } from "../messages/schemas.ts";

const SNIPPET_LENGTH = 140;

/** The beginning of what was written, on one line. */
export function snippetOf(message: Pick<StoredMessage, "body" | "extractedText">): string {
  const text = (message.extractedText || message.body).slice(0, 2_000).replace(/\s+/g, " ").trim();
  return Array.from(text).slice(0, SNIPPET_LENGTH).join("");
}

/** From and To; Cc and Bcc are not participants. */
export function participantsOf(message: Pick<StoredMessage, "fromAddress" | "to">): string[] {
  return [...new Set([message.fromAddress, ...message.to])].slice(0, 100);
}

/** `<id>` and `id` are one Message-ID. */
export function bareMessageId(text: string): string {
  return text.trim().replace(/^<|>$/g, "");
}

/** The message of the agent that carries one of the Message-IDs, the first in the order given. */
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
    orderBy: { id: "desc" },
    take: 100,
  });
  for (const id of messageIds) {
    const match = found.find((message) => message.externalId === id);
    if (match) return match;
  }
  return null;
}
