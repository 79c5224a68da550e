import type { Transaction } from "#server/platform/database.ts";
import type { Message, Prisma } from "#server/platform/generated/client.ts";
import { participantsOf, snippetOf, THREAD_CONFLICT, THREAD_SQL } from "../email/thread.ts";

type Text = {
  orgId: string;
  id: string;
  agentId: string;
  channel: "SMS" | "MMS";
  direction: "INBOUND" | "OUTBOUND";
  status: "QUEUED" | "DELIVERED";
  /** The agent's number and the other one. */
  ours: string;
  theirs: string;
  body: string;
  mediaUrls: string[];
  segments: number;
  metadata: Prisma.InputJsonObject;
  threadId: string;
  correlationId: string;
  eventId: string;
  externalId?: string;
  at: Date;
};

/** Writes a text and its thread, in the caller's transaction. Addresses of media stand in its metadata. */
export async function storeText(tx: Transaction, text: Text): Promise<Message> {
  const { orgId, id, agentId, channel, direction, threadId, at, mediaUrls } = text;
  const isInbound = direction === "INBOUND";
  const message = {
    id,
    agentId,
    inboxId: null,
    channel,
    direction,
    status: text.status,
    fromAddress: isInbound ? text.theirs : text.ours,
    to: [isInbound ? text.ours : text.theirs],
    cc: [],
    bcc: [],
    subject: null,
    body: text.body,
    extractedText: null,
    metadata: mediaUrls.length > 0 ? { ...text.metadata, mediaUrls } : text.metadata,
    threadId,
    labels: [isInbound ? "unread" : "read"],
    externalId: text.externalId ?? null,
    references: [],
    correlationId: text.correlationId,
    eventId: text.eventId,
    segments: text.segments,
    receivedAt: isInbound ? at : null,
    createdAt: at,
    updatedAt: at,
  };
  await tx.$executeRawUnsafe(
    `${THREAD_SQL} VALUES ($1, $2, $3, 'SMS', NULL, $4, 1, $5, $6, $7) ${THREAD_CONFLICT}`,
    orgId,
    threadId,
    agentId,
    participantsOf(message),
    at,
    snippetOf(message),
    direction,
  );
  return tx.message.create({ data: { orgId, ...message } });
}
