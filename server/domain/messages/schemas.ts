import { z } from "zod";
import type { Attachment as AttachmentRow, Message as MessageRow } from "#server/platform/generated/client.ts";

export const MESSAGE_CHANNELS = ["EMAIL", "SMS", "MMS", "VOICE"] as const;
export const DIRECTIONS = ["INBOUND", "OUTBOUND"] as const;
export const MESSAGE_STATUSES = [
  "QUEUED",
  "SENT",
  "DELIVERED",
  "FAILED",
  "BOUNCED",
  "BLOCKED",
  "PENDING_APPROVAL",
] as const;

export const Attachment = z
  .object({
    id: z.string(),
    filename: z.string(),
    mimeType: z.string(),
    sizeBytes: z.int(),
    contentId: z.string().nullable(),
    storageKey: z.string(),
    url: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: "Attachment" });

export const Message = z
  .object({
    id: z.string(),
    agentId: z.string(),
    inboxId: z.string().nullable(),
    channel: z.enum(MESSAGE_CHANNELS),
    direction: z.enum(DIRECTIONS),
    status: z.enum(MESSAGE_STATUSES),
    statusReason: z
      .string()
      .nullable()
      .describe("Why it has this status: NO_RELAY, AGENT_PAUSED, ORG_STOPPED, or the peer's own words."),
    fromAddress: z.string(),
    toAddress: z.string().describe("All recipients in To, joined by commas."),
    cc: z.array(z.string()),
    bcc: z.array(z.string()),
    subject: z.string().nullable(),
    body: z.string(),
    bodyHtml: z.string().nullable(),
    extractedText: z.string().nullable().describe("The text without quoted reply and signature."),
    extractedHtml: z.string().nullable(),
    headers: z.record(z.string(), z.string()),
    metadata: z.record(z.string(), z.unknown()),
    threadId: z.string(),
    labels: z.array(z.string()),
    inReplyTo: z.string().nullable(),
    references: z.array(z.string()),
    externalId: z.string().nullable().describe("The bare RFC 5322 Message-ID."),
    correlationId: z.string(),
    authentication: z
      .object({ spf: z.string(), dkim: z.string(), dmarc: z.string() })
      .nullable()
      .describe("SPF, DKIM and DMARC as found on arrival."),
    segments: z.int().nullable().describe("How many texts it is to the carrier; null where it is none."),
    sentAt: z.string().nullable(),
    receivedAt: z.string().nullable(),
    attachments: z.array(Attachment),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: "Message" });

export type Message = z.infer<typeof Message>;

/** The row without what only the server needs. */
export type StoredMessage = Omit<MessageRow, "orgId" | "eventId" | "rawKey" | "rawBytes" | "dedupHash">;

/** An attachment as the API answers it. */
export function toAttachment(
  row: Omit<AttachmentRow, "orgId" | "messageId">,
  publicUrl: string,
): z.infer<typeof Attachment> {
  return {
    id: row.id,
    filename: row.filename,
    mimeType: row.mimeType,
    sizeBytes: row.sizeBytes,
    contentId: row.contentId,
    storageKey: row.storageKey,
    url: `${publicUrl}/v1/attachments/${row.id}/download`,
    createdAt: row.createdAt.toISOString(),
  };
}

/** A message as the API answers it, always in this one form. */
export function toMessage(
  row: StoredMessage,
  attachments: Omit<AttachmentRow, "orgId" | "messageId">[],
  publicUrl: string,
): Message {
  const verdicts = row.verdicts as { spf: string; dkim: string; dmarc: string } | null;
  return {
    id: row.id,
    agentId: row.agentId,
    inboxId: row.inboxId,
    channel: row.channel as Message["channel"],
    direction: row.direction as Message["direction"],
    status: row.status as Message["status"],
    statusReason: row.statusReason,
    fromAddress: row.fromAddress,
    toAddress: row.to.join(", "),
    cc: row.cc,
    bcc: row.bcc,
    subject: row.subject,
    body: row.body,
    bodyHtml: row.bodyHtml,
    extractedText: row.extractedText,
    extractedHtml: row.extractedHtml,
    headers: row.headers as Record<string, string>,
    metadata: row.metadata as Record<string, unknown>,
    threadId: row.threadId,
    labels: row.labels,
    inReplyTo: row.inReplyTo,
    references: row.references,
    externalId: row.externalId,
    correlationId: row.correlationId,
    authentication: verdicts ? { spf: verdicts.spf, dkim: verdicts.dkim, dmarc: verdicts.dmarc } : null,
    segments: row.segments,
    sentAt: row.sentAt?.toISOString() ?? null,
    receivedAt: row.receivedAt?.toISOString() ?? null,
    attachments: attachments.map((attachment) => toAttachment(attachment, publicUrl)),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
