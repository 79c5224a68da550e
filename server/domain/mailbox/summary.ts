import { snippetOf } from "../email/thread.ts";
import type { Message } from "../messages/schemas.ts";

/** A mail as a line of a list: everything but its bodies, which may be megabytes. */
export type MailSummary = Pick<
  Message,
  | "id"
  | "threadId"
  | "agentId"
  | "direction"
  | "status"
  | "statusReason"
  | "fromAddress"
  | "toAddress"
  | "subject"
  | "labels"
  | "correlationId"
  | "createdAt"
> & {
  /** The first 140 characters. */
  snippet: string;
  attachmentCount: number;
};

export function toSummary(message: Message): MailSummary {
  const { id, threadId, agentId, direction, status, statusReason, fromAddress, toAddress } = message;
  const { subject, labels, correlationId, createdAt } = message;
  return {
    id,
    threadId,
    agentId,
    direction,
    status,
    statusReason,
    fromAddress,
    toAddress,
    subject,
    labels,
    correlationId,
    createdAt,
    snippet: snippetOf(message),
    attachmentCount: message.attachments.length,
  };
}
