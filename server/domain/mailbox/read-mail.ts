import { z } from "zod";
import { findEvents } from "#server/audit/list.ts";
import type { Delivery, Message as MessageRow } from "#server/platform/generated/client.ts";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { nextAttemptAt } from "../email/delivery-job.ts";
import { refersToRemote } from "../email/html/sanitise.ts";
import { type AuditEvent, toAuditEvent } from "../events/schemas.ts";
import { id } from "../fields.ts";
import { findMessage, presentMessage } from "../messages/get.ts";
import type { Message } from "../messages/schemas.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { type MailSummary, toSummary } from "./summary.ts";

// What a person reads on a page; the source view has the rest.
const MAX_TEXT = 200_000;

/** One recipient of a mail that was sent. */
export type Recipient = Pick<Delivery, "recipient" | "attempts" | "lastResponse"> & {
  status: "QUEUED" | "SENT" | "BOUNCED";
  at: string;
};

/** A mail as a person reads it. */
export type Mail = MailSummary &
  Pick<Message, "cc" | "bcc" | "externalId" | "sentAt" | "receivedAt" | "attachments"> & {
    /** What was written; `isCut` where it is longer than what is given. */
    text: string;
    isCut: boolean;
    /** The text without quoted reply and signature, where that is less. */
    reply: string | null;
    hasHtml: boolean;
    /** Whether the HTML names images on other servers. */
    hasRemoteImages: boolean;
    hasSource: boolean;
    authentication: { spf: string; dkim: string; dmarc: string; dmarcPolicy: string | null } | null;
    /** Why no person wrote it (auto-reply, bulk ...); null where nothing says so. */
    automatic: string | null;
    recipients: Recipient[];
    /** The event that recorded it and those of its delivery attempts, in order. */
    events: AuditEvent[];
    nextAttemptAt: string | null;
  };

/** One mail with what became of it. NOT_FOUND. */
export const readMail = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<Mail> => {
    const row = await findMessage(ctx, input.id, "EMAIL");
    const message = await presentMessage(ctx, row);
    const { cc, bcc, externalId, sentAt, receivedAt, attachments, body, extractedText } = message;
    return {
      ...toSummary(message),
      cc,
      bcc,
      externalId,
      sentAt,
      receivedAt,
      attachments,
      text: body.slice(0, MAX_TEXT),
      isCut: body.length > MAX_TEXT,
      reply: extractedText && extractedText.trim() !== body.trim() ? extractedText.slice(0, MAX_TEXT) : null,
      hasHtml: row.bodyHtml !== null,
      hasRemoteImages: refersToRemote(row.bodyHtml ?? ""),
      hasSource: row.direction === "OUTBOUND" || row.rawKey !== null,
      authentication: row.verdicts as Mail["authentication"],
      automatic: row.direction === "INBOUND" ? ((row.metadata as { automatic?: string }).automatic ?? null) : null,
      ...(await deliveryOf(ctx, row)),
    };
  },
});

async function deliveryOf(
  ctx: Context,
  row: MessageRow,
): Promise<Pick<Mail, "recipients" | "events" | "nextAttemptAt">> {
  const orgId = orgOf(ctx);
  const deliveries = await reader(ctx).delivery.findMany({
    where: { orgId, messageId: row.id },
    orderBy: { recipient: "asc" },
  });
  const eventIds = new Set([row.eventId, ...deliveries.flatMap((delivery) => delivery.eventIds)]);
  const events = await findEvents(ctx.services.db.pool, orgId, [...eventIds]);
  const next = row.status === "QUEUED" ? await nextAttemptAt(ctx.services.db.pool, row.id) : null;
  return {
    recipients: deliveries.map(({ recipient, attempts, lastResponse, status, updatedAt }) => ({
      recipient,
      attempts,
      lastResponse,
      status: status as Recipient["status"],
      at: updatedAt.toISOString(),
    })),
    events: events.map(toAuditEvent),
    nextAttemptAt: next?.toISOString() ?? null,
  };
}
