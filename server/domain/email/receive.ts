import { createHash } from "node:crypto";
import type { Transaction } from "#server/platform/database.ts";
import type { Inbox } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { Services } from "../context.ts";
import { emit, openTransaction } from "../transaction.ts";
import type { InboundMail } from "./gateway.ts";
import { findByMessageId, participantsOf, snippetOf } from "./thread.ts";

/** Whether mail to this address (lower case) has an inbox here that belongs to an agent. */
export async function isKnownRecipient(services: Services, address: string): Promise<boolean> {
  return (await findInboxes(services, [address])).length > 0;
}

/**
 * Stores a mail for every recipient that has an inbox here. When it resolves, the mail is safe; when it rejects, nothing
 * was stored that a second try would double. A paused agent's mail is stored like any other.
 *
 * @returns the addresses that took it
 */
export async function receiveMail(services: Services, mail: InboundMail): Promise<string[]> {
  const inboxes = await findInboxes(services, mail.rcptTo);
  for (const inbox of inboxes) await storeFor(services, mail, inbox);
  return inboxes.map((inbox) => inbox.email);
}

type AgentInbox = Inbox & { agentId: string };

async function findInboxes(services: Services, addresses: string[]): Promise<AgentInbox[]> {
  const inboxes = await services.db.prisma.inbox.findMany({
    where: {
      email: { in: addresses.map((address) => address.toLowerCase()) },
      deletedAt: null,
      agentId: { not: null },
    },
  });
  return inboxes.filter((inbox): inbox is AgentInbox => inbox.agentId !== null);
}

async function storeFor(services: Services, mail: InboundMail, inbox: AgentInbox): Promise<void> {
  const id = newId();
  const dedupHash = dedupHashOf(mail);
  if (dedupHash && (await isStored(services.db.prisma, inbox, dedupHash))) return;
  const rawKey = `${inbox.orgId}/${id}/raw`;
  await services.blobs.put(rawKey, mail.raw());
  const attachments = await storeAttachments(services, mail, inbox.orgId, id);
  try {
    await openTransaction(services, (tx) => insert(services, tx, mail, inbox, { id, dedupHash, rawKey, attachments }));
  } catch (error) {
    await Promise.all([rawKey, ...attachments.map((file) => file.storageKey)].map((key) => services.blobs.delete(key)));
    // The same mail arrived twice at once, and the other one is stored.
    if (dedupHash && (await isStored(services.db.prisma, inbox, dedupHash))) return;
    throw error;
  }
}

type Stored = {
  id: string;
  dedupHash: Buffer | null;
  rawKey: string;
  attachments: Awaited<ReturnType<typeof storeAttachments>>;
};

async function insert(
  services: Services,
  tx: Transaction,
  mail: InboundMail,
  inbox: AgentInbox,
  stored: Stored,
): Promise<void> {
  const { orgId, agentId } = inbox;
  const { id } = stored;
  const now = services.clock.now();
  const origin = await findOrigin(tx, mail, inbox);
  const threadId = origin?.threadId ?? newId();
  const correlationId = origin?.correlationId ?? `corr_${newId()}`;
  const isSpam = mail.verdicts.dmarc === "fail" && mail.verdicts.dmarcPolicy === "reject";
  const eventId = await emit(services, tx, {
    orgId,
    channel: "email",
    event: mail.automatic === "loop" ? "email.loop.detected" : "email.received",
    direction: "INBOUND",
    result: "SUCCESS",
    agentId,
    actorType: "SYSTEM",
    actorId: "smtp",
    resourceType: "message",
    resourceId: id,
    parentId: origin?.eventId ?? null,
    correlationId,
    data: {
      attachments: stored.attachments.length,
      automatic: mail.automatic,
      spf: mail.verdicts.spf,
      dkim: mail.verdicts.dkim,
      dmarc: mail.verdicts.dmarc,
      spam: isSpam,
      truncated: mail.truncated,
    },
    personal: {
      detail: `from ${mail.from}: ${mail.subject}`,
      from: mail.from,
      to: [inbox.email],
      subject: mail.subject,
    },
  });
  const message = {
    id,
    agentId,
    inboxId: inbox.id,
    channel: "EMAIL",
    direction: "INBOUND",
    status: "DELIVERED",
    fromAddress: mail.from,
    to: mail.to.length > 0 ? mail.to : [inbox.email],
    cc: mail.cc,
    bcc: [],
    subject: mail.subject,
    body: mail.text,
    bodyHtml: mail.html,
    extractedText: mail.extractedText,
    extractedHtml: mail.extractedHtml,
    headers: mail.headers,
    metadata: mail.automatic === "no" ? {} : { automatic: mail.automatic },
    threadId,
    labels: isSpam ? ["spam", "unread"] : ["unread"],
    externalId: mail.messageId,
    inReplyTo: mail.inReplyTo,
    references: mail.references,
    correlationId,
    eventId,
    verdicts: mail.verdicts,
    rawKey: stored.rawKey,
    dedupHash: stored.dedupHash && new Uint8Array(stored.dedupHash),
    receivedAt: mail.receivedAt,
    createdAt: now,
    updatedAt: now,
  };
  await tx.message.create({ data: { orgId, ...message } });
  await tx.attachment.createMany({
    data: stored.attachments.map((file) => ({ ...file, orgId, messageId: id, createdAt: now })),
  });
  const last = { lastMessageAt: now, lastMessageSnippet: snippetOf(message), lastMessageDirection: "INBOUND" };
  // Create or add: the thread's row may be written by a reply at the same moment.
  await tx.$executeRaw`INSERT INTO thread AS t (org_id, id, agent_id, channel, subject, participants, message_count,
      last_message_at, last_message_snippet, last_message_direction)
    VALUES (${orgId}, ${threadId}, ${agentId}, 'EMAIL', ${mail.subject}, ${participantsOf(message)}, 1,
      ${last.lastMessageAt}, ${last.lastMessageSnippet}, ${last.lastMessageDirection})
    ON CONFLICT (org_id, id) DO UPDATE SET message_count = t.message_count + 1, last_message_at = excluded.last_message_at,
      last_message_snippet = excluded.last_message_snippet, last_message_direction = excluded.last_message_direction,
      participants = ARRAY(SELECT DISTINCT unnest(t.participants || excluded.participants))`;
}

/** What this mail answers: a message of the same agent, or the one of a colleague that it is itself. */
async function findOrigin(tx: Transaction, mail: InboundMail, inbox: AgentInbox) {
  const ancestors = [...(mail.inReplyTo ? [mail.inReplyTo] : []), ...mail.references.toReversed()].slice(0, 50);
  const answered = await findByMessageId(tx, inbox.orgId, inbox.agentId, ancestors);
  if (answered) return answered;
  if (!mail.messageId) return null;
  const sent = await tx.message.findFirst({
    where: { orgId: inbox.orgId, externalId: mail.messageId, direction: "OUTBOUND" },
    select: { eventId: true, correlationId: true },
  });
  // A thread belongs to one agent, a chain to the organisation.
  return sent && { ...sent, threadId: newId() };
}

/** What stays the same when a peer sends a mail again; null for a mail without Message-ID, which can not be told. */
function dedupHashOf(mail: InboundMail): Buffer | null {
  if (!mail.messageId) return null;
  const parts = [
    mail.messageId,
    mail.from,
    mail.sentDate?.toISOString() ?? "",
    mail.subject,
    mail.text,
    mail.html ?? "",
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest();
}

async function isStored(db: Transaction, inbox: AgentInbox, dedupHash: Buffer): Promise<boolean> {
  const found = await db.message.findFirst({
    where: { orgId: inbox.orgId, inboxId: inbox.id, dedupHash: new Uint8Array(dedupHash) },
    select: { id: true },
  });
  return found !== null;
}

async function storeAttachments(services: Services, mail: InboundMail, orgId: string, messageId: string) {
  const stored = [];
  for (const attachment of mail.attachments) {
    const id = newId();
    const storageKey = `${orgId}/${messageId}/${id}`;
    await services.blobs.put(storageKey, attachment.content());
    const { filename, mimeType, sizeBytes, contentId } = attachment;
    stored.push({ id, filename, mimeType, sizeBytes, contentId, storageKey });
  }
  return stored;
}
