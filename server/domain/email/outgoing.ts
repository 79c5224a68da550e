import { type EventInput, type JsonObject, prepareEvent } from "#server/audit/record.ts";
import { newId } from "#server/platform/ids.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { inactiveError, requireActive } from "../agents/resolve.ts";
import { periodsAt } from "../billing/periods.ts";
import { toRefusal } from "../billing/refusal.ts";
import { LimitReached, StorageFull } from "../billing/spend.ts";
import { stockRefusal } from "../billing/stocks.ts";
import { type Context, eventBase } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { DomainError, invalidField } from "../errors.ts";
import { KeyTaken } from "../idempotency/claim.ts";
import { type Message, type StoredMessage, toMessage } from "../messages/schemas.ts";
import { type AcceptedMail, acceptMail } from "./accept.ts";
import { domainOf } from "./addresses.ts";
import { MAX_ATTACHMENT_BYTES, MAX_RECIPIENTS } from "./limits.ts";
import type { MailAttachment } from "./schemas.ts";
import { participantsOf, snippetOf } from "./thread.ts";

export const SEND_STATUS = 201;

/** A mail that an agent wants to send, whichever verb it came from. */
export type OutgoingDraft = {
  to: string[];
  cc: string[];
  bcc: string[];
  subject: string;
  body: string;
  bodyHtml: string | null;
  headers: Record<string, string>;
  metadata: Record<string, unknown>;
  attachments: MailAttachment[];
  /** Attachments of a message here that go along (forward). */
  copied: { filename: string; mimeType: string; sizeBytes: number; contentId: string | null; storageKey: string }[];
  /** Bare Message-IDs. */
  inReplyTo: string | null;
  references: string[];
  /** The message here that this one answers or passes on. */
  parent: { threadId: string | null; eventId: string } | null;
};

/**
 * Takes a mail over from an agent: checks that it may go, stores it with everything that belongs to it, and answers
 * the message. From then on delivery is our business.
 * ORG_STOPPED, AGENT_PAUSED, PAYMENT_REQUIRED (a cap, the plan, its storage), CONFLICT (no inbox), RECIPIENT_NOT_VERIFIED, VALIDATION_ERROR (attachments, recipients).
 */
export async function acceptOutgoing(ctx: Context, agent: AgentProfile, draft: OutgoingDraft): Promise<Message> {
  const { services } = ctx;
  const now = services.clock.now();
  const id = newId();
  const { inbox } = agent;
  checkMayGo(ctx, agent, draft);
  if (!inbox) {
    throw new DomainError("CONFLICT", "This agent has no inbox to send from. Create one with POST /v1/inboxes.", {
      details: { agentId: agent.agentId },
    });
  }
  const recipients = recipientsOf(draft);
  if (recipients.length > MAX_RECIPIENTS)
    throw invalidField("to", `to, cc and bcc together may name ${MAX_RECIPIENTS} recipients.`);
  const held = services.config.relayUrl === null && recipients.every((address) => !isOurs(ctx, address));
  const attachments = await storeAttachments(ctx, agent.orgId, id, draft);

  const message: StoredMessage = {
    id,
    agentId: agent.agentId,
    inboxId: inbox.id,
    channel: "EMAIL",
    direction: "OUTBOUND",
    status: "QUEUED",
    statusReason: held ? "NO_RELAY" : null,
    fromAddress: inbox.email,
    to: draft.to,
    cc: draft.cc,
    bcc: draft.bcc,
    subject: draft.subject,
    body: draft.body,
    bodyHtml: draft.bodyHtml,
    extractedText: null,
    extractedHtml: null,
    headers: draft.headers,
    metadata: draft.metadata as StoredMessage["metadata"],
    threadId: draft.parent?.threadId ?? newId(),
    labels: ["read"],
    externalId: `${id.toLowerCase()}@${domainOf(inbox.email)}`,
    inReplyTo: draft.inReplyTo,
    references: draft.references,
    correlationId: ctx.correlationId,
    verdicts: null,
    segments: null,
    sentAt: null,
    receivedAt: null,
    createdAt: now,
    updatedAt: now,
  };
  const answer = toMessage(message, attachments, services.config.publicUrl);
  const accepted: AcceptedMail = {
    message,
    attachments,
    thread: { participants: participantsOf(message), snippet: snippetOf(message) },
    event: prepareEvent(queuedEvent(ctx, agent, draft, message), now),
    usage: { meter: "email_sent", quantity: 1, day: periodsAt(now, agent.org.timeZone).day },
    storedBytes: attachments.filter(isOwn(draft)).reduce((sum, file) => sum + file.sizeBytes, 0),
    answer: JSON.stringify(answer),
    answerStatus: SEND_STATUS,
    correlationId: ctx.correlationId,
  };
  // The directory may be a moment behind: the statement looks at the agent itself.
  try {
    if (await accept(ctx, accepted, draft)) {
      services.budgetWatch.touch(agent.orgId, agent.agentId, "email_sent");
      if (accepted.storedBytes > 0) services.budgetWatch.touch(agent.orgId, agent.agentId, "storage_gb");
      return answer;
    }
  } catch (error) {
    if (error instanceof StorageFull) throw refusal(ctx, agent, draft, await storageRefusal(ctx, agent, error));
    if (!(error instanceof LimitReached)) throw error;
    services.budgetWatch.touch(agent.orgId, agent.agentId, "email_sent", error);
    throw refusal(ctx, agent, draft, await toRefusal(services, agent.orgId, error));
  }
  throw refusal(ctx, agent, draft, await inactiveError(ctx, agent));
}

/** Runs the statement. Where it says that it wrote nothing, the files that were stored for it go again. */
async function accept(ctx: Context, mail: AcceptedMail, draft: OutgoingDraft): Promise<boolean> {
  const removeFiles = () => {
    const own = mail.attachments.filter(isOwn(draft));
    return Promise.all(own.map((file) => ctx.services.blobs.delete(file.storageKey)));
  };
  try {
    const accepted = await acceptMail(ctx, mail.event.orgId, mail);
    if (!accepted) await removeFiles();
    return accepted;
  } catch (error) {
    // Another failure leaves open whether it was committed.
    if (error instanceof KeyTaken || error instanceof LimitReached || error instanceof StorageFull) await removeFiles();
    throw error;
  }
}

/** Tells the files that were stored for this mail from those of the one that it passes on. */
function isOwn({ copied }: OutgoingDraft): (file: { storageKey: string }) => boolean {
  const theirs = new Set(copied.map((file) => file.storageKey));
  return ({ storageKey }) => !theirs.has(storageKey);
}

async function storageRefusal({ services }: Context, { orgId, agentId }: AgentProfile, { usedBytes }: StorageFull) {
  services.budgetWatch.touch(orgId, agentId, "storage_gb");
  const organization = await services.directory.organization(orgId);
  return stockRefusal(services, organization?.tier as Tier, "storage_gb", usedBytes);
}

function queuedEvent(ctx: Context, agent: AgentProfile, draft: OutgoingDraft, message: StoredMessage): EventInput {
  const recipients = recipientsOf(draft);
  const attachments = draft.attachments.length + draft.copied.length;
  return {
    ...eventBase(ctx),
    orgId: agent.orgId,
    channel: "email",
    event: "email.queued",
    direction: "OUTBOUND",
    result: "SUCCESS",
    agentId: agent.agentId,
    resourceType: "message",
    resourceId: message.id,
    parentId: draft.parent?.eventId ?? null,
    data: {
      recipients: recipients.length,
      attachments,
      ...(message.statusReason === null ? {} : { held: message.statusReason }),
    },
    personal: {
      detail: `to ${recipients.join(", ")}: ${draft.subject}`,
      from: message.fromAddress,
      to: recipients,
      subject: draft.subject,
    },
  };
}

function recipientsOf(draft: OutgoingDraft): string[] {
  return [...draft.to, ...draft.cc, ...draft.bcc];
}

/** The rules that stand before anything is written. Their refusals are on the audit log. */
function checkMayGo(ctx: Context, agent: AgentProfile, draft: OutgoingDraft): void {
  try {
    requireActive(agent);
    requireVerified(agent, recipientsOf(draft));
  } catch (error) {
    if (error instanceof DomainError) throw refusal(ctx, agent, draft, error);
    throw error;
  }
}

/** RECIPIENT_NOT_VERIFIED: until its human has confirmed, an agent that signed itself up may mail only that human. */
function requireVerified(agent: AgentProfile, recipients: string[]): void {
  const { ownership, humanEmail } = agent.org;
  if (ownership !== "AGENT_UNVERIFIED") return;
  if (recipients.every((address) => address.toLowerCase() === humanEmail)) return;
  throw new DomainError(
    "RECIPIENT_NOT_VERIFIED",
    "Until its human has confirmed, this agent may mail only that human. Confirm with POST /v1/agent/verify and the code that was mailed.",
    { details: { remediation: { hint: "POST /v1/agent/verify {otp_code}" } } },
  );
}

function refusal(ctx: Context, agent: AgentProfile, draft: OutgoingDraft, error: DomainError): DomainError {
  return new DomainError(error.code, error.message, {
    details: error.details,
    denied: {
      ...eventBase(ctx),
      orgId: agent.orgId,
      channel: "email",
      event: "email.refused",
      direction: "OUTBOUND",
      result: "DENIED",
      agentId: agent.agentId,
      parentId: draft.parent?.eventId ?? null,
      data: { code: error.code, ...limitOf(error) },
      personal: { detail: `${error.code}: to ${draft.to.join(", ")}`, to: draft.to },
    },
  });
}

/** What of a limit's details belongs on the log: numbers and decisions. */
function limitOf({ code, details }: DomainError): JsonObject {
  if (code !== "PAYMENT_REQUIRED") return {};
  const { resource, source, scope, period, capCents, usedCents, capUnits, usedUnits } = details;
  return { resource, source, scope, period, capCents, usedCents, capUnits, usedUnits } as JsonObject;
}

/** Whether mail to this address stays on this server. */
function isOurs(ctx: Context, address: string): boolean {
  return domainOf(address) === ctx.services.config.mailDomain;
}

/**
 * Stores the files before the statement names them: a crash in between leaves a file that nobody knows, never a
 * message without its file.
 */
async function storeAttachments(
  ctx: Context,
  orgId: string,
  messageId: string,
  draft: OutgoingDraft,
): Promise<AcceptedMail["attachments"]> {
  const createdAt = ctx.services.clock.now();
  const files = draft.attachments.map((attachment) => ({
    ...attachment,
    bytes: Buffer.from(attachment.content, "base64"),
  }));
  const total = [...files.map((file) => file.bytes.length), ...draft.copied.map((file) => file.sizeBytes)].reduce(
    (a, b) => a + b,
    0,
  );
  if (total > MAX_ATTACHMENT_BYTES)
    throw invalidField("attachments", "are larger than 25 MB together; send fewer or smaller ones.");
  const stored = await Promise.all(
    files.map(async (file) => {
      const id = newId();
      const storageKey = `${orgId}/${messageId}/${id}`;
      await ctx.services.blobs.put(storageKey, file.bytes);
      const contentId = file.contentId ?? null;
      return {
        id,
        filename: file.filename,
        mimeType: file.contentType,
        sizeBytes: file.bytes.length,
        contentId,
        storageKey,
        createdAt,
      };
    }),
  );
  return [...stored, ...draft.copied.map((file) => ({ ...file, id: newId(), createdAt }))];
}
