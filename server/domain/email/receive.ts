import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { EventInput } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import { errorCode } from "#server/platform/error-code.ts";
import type { Inbox } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { UsageMeter } from "../billing/meters.ts";
import { periodsAt } from "../billing/periods.ts";
import type { Services } from "../context.ts";
import { keepBytes } from "../storage/keep.ts";
import { emit, openTransaction } from "../transaction.ts";
import type { InboundMail } from "./gateway.ts";
import { findByMessageId, participantsOf, snippetOf, THREAD_CONFLICT, THREAD_SQL } from "./thread.ts";

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
  for (const inbox of inboxes) {
    await storeFor(services, mail, inbox);
    services.budgetWatch.touch(inbox.orgId, inbox.agentId, "storage_gb");
  }
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
  const { rawKey, attachments } = await storeFiles(services, mail, inbox.orgId, id);
  try {
    await openTransaction(services, (tx) => insert(services, tx, mail, inbox, { id, dedupHash, rawKey, attachments }));
  } catch (error) {
    // Any other failure leaves open whether it was committed: a file that nobody knows beats a mail without its files.
    if (errorCode(error) !== ALREADY_THERE) throw error;
    await removeFiles(services, [rawKey, ...attachments.map((file) => file.storageKey)]);
    // The same mail arrived twice at once, and the other one is stored.
    if (!dedupHash || !(await isStored(services.db.prisma, inbox, dedupHash))) throw error;
  }
}

/** Prisma's code of a unique violation. */
const ALREADY_THERE = "P2002";

type Stored = {
  id: string;
  dedupHash: Buffer | null;
  rawKey: string;
  attachments: Awaited<ReturnType<typeof storeFiles>>["attachments"];
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
  const eventId = await emit(services, tx, {
    ...receivedEvent(mail, inbox, stored),
    parentId: origin?.eventId ?? null,
    correlationId,
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
    labels: isSpam(mail) ? ["spam", "unread"] : ["unread"],
    externalId: mail.messageId,
    inReplyTo: mail.inReplyTo,
    references: mail.references,
    correlationId,
    eventId,
    verdicts: mail.verdicts,
    rawKey: stored.rawKey,
    rawBytes: mail.rawSizeBytes,
    dedupHash: stored.dedupHash && new Uint8Array(stored.dedupHash),
    receivedAt: mail.receivedAt,
    createdAt: now,
    updatedAt: now,
  };
  await tx.message.create({ data: { orgId, ...message } });
  const { timeZone } = await tx.organization.findUniqueOrThrow({ where: { id: orgId }, select: { timeZone: true } });
  await tx.usageRecord.create({
    data: {
      orgId,
      id: eventId,
      agentId,
      meter: "email_received" satisfies UsageMeter,
      quantity: 1,
      day: new Date(`${periodsAt(now, timeZone).day}T00:00:00Z`),
      resourceId: id,
      createdAt: now,
    },
  });
  // The last lock but for the thread's, as in accept.ts. Whatever the plan allows: nobody's mail bounces for it.
  const files = stored.attachments.reduce((sum, file) => sum + file.sizeBytes, mail.rawSizeBytes);
  await keepBytes(tx, orgId, files);
  await tx.attachment.createMany({
    data: stored.attachments.map((file) => ({ ...file, orgId, messageId: id, createdAt: now })),
  });
  await tx.$executeRawUnsafe(
    `${THREAD_SQL} VALUES ($1, $2, $3, 'EMAIL', $4, $5, 1, $6, $7, 'INBOUND') ${THREAD_CONFLICT}`,
    orgId,
    threadId,
    agentId,
    mail.subject,
    participantsOf(message),
    now,
    snippetOf(message),
  );
}

/** Whether the sender's domain itself asks that such a mail be refused (DMARC). */
function isSpam({ verdicts }: InboundMail): boolean {
  return verdicts.dmarc === "fail" && verdicts.dmarcPolicy === "reject";
}

function receivedEvent(mail: InboundMail, inbox: AgentInbox, stored: Stored): Omit<EventInput, "correlationId"> {
  const { spf, dkim, dmarc } = mail.verdicts;
  return {
    orgId: inbox.orgId,
    channel: "email",
    event: mail.automatic === "loop" ? "email.loop.detected" : "email.received",
    direction: "INBOUND",
    result: "SUCCESS",
    agentId: inbox.agentId,
    actorType: "SYSTEM",
    actorId: "smtp",
    resourceType: "message",
    resourceId: stored.id,
    data: {
      attachments: stored.attachments.length,
      automatic: mail.automatic,
      spf,
      dkim,
      dmarc,
      spam: isSpam(mail),
      truncated: mail.truncated,
    },
    personal: {
      detail: `from ${mail.from}: ${mail.subject}`,
      from: mail.from,
      to: [inbox.email],
      subject: mail.subject,
    },
  };
}

/** What this mail answers: a message of the same agent, or the one of a colleague that it is itself. */
async function findOrigin(tx: Transaction, mail: InboundMail, inbox: AgentInbox) {
  const ancestors = [...(mail.inReplyTo ? [mail.inReplyTo] : []), ...mail.references.toReversed()].slice(0, 50);
  const answered = await findByMessageId(tx, inbox.orgId, inbox.agentId, ancestors);
  if (answered) return answered;
  // A stranger may repeat a colleague's Message-ID: only what is proven to come from the colleague is taken for it.
  if (!mail.messageId || mail.verdicts.dmarc !== "pass") return null;
  const sent = await tx.message.findFirst({
    where: {
      orgId: inbox.orgId,
      externalId: mail.messageId,
      direction: "OUTBOUND",
      fromAddress: mail.from.toLowerCase(),
    },
    select: { eventId: true, correlationId: true },
  });
  // A thread belongs to one agent, a chain to the organisation.
  return sent && { ...sent, threadId: newId() };
}

/** What stays the same when a peer sends a mail again; null for a mail without Message-ID, which cannot be told. */
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

/** All files of the mail, or none: a peer that tries again every few minutes must not fill a disk that is nearly full. */
async function storeFiles(services: Services, mail: InboundMail, orgId: string, messageId: string) {
  const keys: string[] = [];
  const put = async (name: string, content: Readable) => {
    const key = `${orgId}/${messageId}/${name}`;
    keys.push(key);
    await services.blobs.put(key, content);
    return key;
  };
  try {
    const rawKey = await put("raw", mail.raw());
    const attachments = [];
    for (const { content, filename, mimeType, sizeBytes, contentId } of mail.attachments) {
      const id = newId();
      const storageKey = await put(id, content());
      attachments.push({ id, filename, mimeType, sizeBytes, contentId, storageKey });
    }
    return { rawKey, attachments };
  } catch (error) {
    await removeFiles(services, keys);
    throw error;
  }
}

async function removeFiles(services: Services, keys: string[]): Promise<void> {
  await Promise.all(keys.map((key) => services.blobs.delete(key)));
}
