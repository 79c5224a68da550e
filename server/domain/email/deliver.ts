import type { EventInput } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Message } from "#server/platform/generated/client.ts";
import { reverseUsage } from "../billing/reverse.ts";
import type { Services } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { type HoldReason, hold, holdReasonOf } from "../messages/hold.ts";
import { emit, openTransaction } from "../transaction.ts";
import { domainOf } from "./addresses.ts";
import { queueDelivery } from "./delivery-job.ts";
import { dkimKeysOf } from "./dkim-keys.ts";
import type { MailGateway, MailWriter, RecipientOutcome } from "./gateway.ts";

type DeliveryJob = { orgId: string; messageId: string };

/**
 * One attempt to deliver a queued mail to the recipients that are still waiting. Whatever comes out of it is written in
 * one transaction: the recipients' states, the message's, the events, and the next attempt where one is due. After a
 * crash in between, the attempt is made again with the same bytes and the same Message-ID.
 */
export async function deliverMessage(services: Services, gateway: MailGateway, job: DeliveryJob): Promise<void> {
  const { prisma } = services.db;
  const message = await prisma.message.findUnique({ where: { orgId_id: { orgId: job.orgId, id: job.messageId } } });
  if (message?.status !== "QUEUED") return;
  const agent = await services.directory.agent(job.orgId, message.agentId);
  const reason = holdReasonOf(agent);
  if (reason) return hold(services, message, reason);

  const deliveries = await prisma.delivery.findMany({ where: { orgId: job.orgId, messageId: message.id } });
  const done = new Set(
    deliveries.filter((delivery) => delivery.status !== "QUEUED").map((delivery) => delivery.recipient),
  );
  const waiting = [...new Set([...message.to, ...message.cc, ...message.bcc])].filter(
    (recipient) => !done.has(recipient),
  );
  const isHere = (recipient: string) => domainOf(recipient) === services.config.mailDomain;
  const isHeld = agent !== null && gateway.send === null && !waiting.every(isHere);
  // A deleted agent does nothing any more, also not what it had begun.
  const outcomes = agent
    ? await handOver(services, gateway, {
        message,
        agent,
        here: waiting.filter(isHere),
        foreign: waiting.filter((recipient) => !isHere(recipient)),
      })
    : unsent(waiting, "bounced", "The agent was deleted before this mail was handed over");
  if (!Array.isArray(outcomes)) return hold(services, message, outcomes);
  const attempt = Math.max(0, ...deliveries.map((delivery) => delivery.attempts)) + 1;
  await openTransaction(services, (tx) => record(services, gateway, tx, message, { outcomes, attempt, isHeld }));
}

type Handover = { message: Message; agent: AgentProfile; here: string[]; foreign: string[] };

/**
 * Hands the mail to whoever takes it. Foreign recipients have no outcome where there is no relay.
 *
 * @returns why it was not handed over, where agent or organisation were stopped while the mail was written
 */
async function handOver(
  services: Services,
  gateway: MailGateway,
  { message, agent, here, foreign }: Handover,
): Promise<RecipientOutcome[] | HoldReason> {
  let raw: Buffer;
  try {
    raw = await composeMessage(services, gateway, message, agent);
  } catch (err) {
    services.log.error({ err, messageId: message.id }, "a mail could not be written");
    // A file may come back with its disk. It is tried as long as a peer that is down, and then it is said.
    return unsent([...here, ...foreign], "deferred", "This server could not put the mail together");
  }
  const reason = holdReasonOf(await services.directory.agent(message.orgId, message.agentId));
  if (reason) return reason;
  const outcomes: RecipientOutcome[] = [];
  const mail = { from: message.fromAddress, raw };
  if (here.length > 0) outcomes.push(...(await gateway.deliverHere(envelope(mail, here))));
  if (foreign.length > 0 && gateway.send) outcomes.push(...(await gateway.send(envelope(mail, foreign))));
  return outcomes;
}

function unsent(recipients: string[], result: "deferred" | "bounced", response: string): RecipientOutcome[] {
  return recipients.map((recipient) => ({ recipient, result, code: null, response }));
}

function envelope(mail: { from: string; raw: Buffer }, to: string[]) {
  return { envelope: { from: mail.from, to }, raw: mail.raw };
}

/** The mail in the bytes that go over the wire. @param agent whose name stands in From; null where it was deleted */
export async function composeMessage(
  services: Services,
  gateway: MailWriter,
  message: Message,
  agent: AgentProfile | null,
): Promise<Buffer> {
  const files = await services.db.prisma.attachment.findMany({
    where: { orgId: message.orgId, messageId: message.id },
    orderBy: { id: "asc" },
  });
  const attachments = await Promise.all(
    files.map(async ({ filename, mimeType, contentId, storageKey }) => {
      return { filename, mimeType, contentId, content: await services.blobs.read(storageKey) };
    }),
  );
  const keys = await dkimKeysOf(services, gateway, domainOf(message.fromAddress));
  return gateway.compose(
    {
      messageId: message.externalId ?? message.id,
      date: message.createdAt,
      from: { address: message.fromAddress, name: agent?.inbox?.displayName ?? agent?.name ?? null },
      to: message.to,
      cc: message.cc,
      bcc: message.bcc,
      subject: message.subject ?? "",
      text: message.body,
      html: message.bodyHtml,
      headers: message.headers as Record<string, string>,
      inReplyTo: message.inReplyTo,
      references: message.references,
      correlationId: message.correlationId,
      attachments,
      automatic: false,
    },
    keys,
  );
}

type Attempt = { outcomes: RecipientOutcome[]; attempt: number; isHeld: boolean };

async function record(
  services: Services,
  gateway: MailGateway,
  tx: Transaction,
  message: Message,
  { outcomes, attempt, isHeld }: Attempt,
): Promise<void> {
  const now = services.clock.now();
  const current = await tx.$queryRaw<{ status: string }[]>`SELECT status FROM message
    WHERE org_id = ${message.orgId} AND id = ${message.id} FOR UPDATE`;
  if (current[0]?.status !== "QUEUED") return;

  const delay = gateway.nextAttemptDelaySeconds(attempt, message.createdAt, now);
  const final = outcomes.map((outcome) =>
    outcome.result === "deferred" && delay === null
      ? {
          ...outcome,
          result: "bounced" as const,
          response: `Given up after 24 hours. Last answer: ${outcome.response}`,
        }
      : outcome,
  );
  for (const result of ["sent", "deferred", "bounced"] as const) {
    const group = final.filter((outcome) => outcome.result === result);
    if (group.length === 0) continue;
    const eventId = await emit(services, tx, deliveryEvent(message, result, group, attempt));
    for (const outcome of group) await saveDelivery(tx, message, outcome, { attempt, eventId, now });
  }

  const isWaiting = isHeld || final.some((outcome) => outcome.result === "deferred");
  const deliveries = await tx.delivery.findMany({ where: { orgId: message.orgId, messageId: message.id } });
  const status = isWaiting ? "QUEUED" : deliveries.some((delivery) => delivery.status === "SENT") ? "SENT" : "BOUNCED";
  // Of a recipient that it waits for, else of one that it did not reach, at whatever attempt.
  const words = deliveries.find((delivery) => delivery.status === (isWaiting ? "QUEUED" : "BOUNCED"))?.lastResponse;
  await tx.message.update({
    where: { orgId_id: { orgId: message.orgId, id: message.id } },
    data: {
      status,
      statusReason: isHeld ? ("NO_RELAY" satisfies HoldReason) : (words ?? null),
      sentAt: status === "SENT" ? now : null,
      updatedAt: now,
    },
  });
  if (status === "BOUNCED" && (await isUnanswered(tx, message, final))) {
    const { orgId, eventId: recordId, id: resourceId, correlationId } = message;
    await reverseUsage(
      services,
      tx,
      { orgId, recordId, meter: "email_sent", resourceId, correlationId },
      "NOT_HANDED_OVER",
    );
  }
  if (final.some((outcome) => outcome.result === "deferred") && delay !== null) {
    const runAt = new Date(Date.now() + delay * 1000);
    await queueDelivery(services, tx, message, runAt);
  }
}

/** Whether no server has answered for any recipient: such a mail is not charged. One that was refused was sent. */
async function isUnanswered(tx: Transaction, message: Message, outcomes: RecipientOutcome[]): Promise<boolean> {
  if (outcomes.some((outcome) => outcome.code !== null)) return false;
  const recipient = { notIn: outcomes.map((outcome) => outcome.recipient) };
  const earlier = await tx.delivery.findFirst({ where: { orgId: message.orgId, messageId: message.id, recipient } });
  return earlier === null;
}

async function saveDelivery(
  tx: Transaction,
  message: Message,
  outcome: RecipientOutcome,
  { attempt, eventId, now }: { attempt: number; eventId: string; now: Date },
): Promise<void> {
  const status = { sent: "SENT", deferred: "QUEUED", bounced: "BOUNCED" }[outcome.result];
  const fields = { status, attempts: attempt, lastResponse: outcome.response, updatedAt: now };
  const key = { orgId: message.orgId, messageId: message.id, recipient: outcome.recipient };
  await tx.delivery.upsert({
    where: { orgId_messageId_recipient: key },
    create: { ...key, ...fields, eventIds: [eventId] },
    update: { ...fields, eventIds: { push: eventId } },
  });
}

function deliveryEvent(
  message: Message,
  result: RecipientOutcome["result"],
  outcomes: RecipientOutcome[],
  attempt: number,
): EventInput {
  const recipients = outcomes.map((outcome) => outcome.recipient);
  return {
    orgId: message.orgId,
    channel: "email",
    event: `email.${result}`,
    direction: "OUTBOUND",
    result: result === "sent" ? "SUCCESS" : "FAILURE",
    agentId: message.agentId,
    actorType: "SYSTEM",
    actorId: "delivery",
    resourceType: "message",
    resourceId: message.id,
    parentId: message.eventId,
    correlationId: message.correlationId,
    data: { attempt, recipients: recipients.length, codes: outcomes.map((outcome) => outcome.code) },
    personal: {
      detail: `${recipients.join(", ")}: ${[...new Set(outcomes.map((outcome) => outcome.response))].join("; ")}`,
      to: recipients,
      responses: outcomes.map((outcome) => outcome.response),
    },
  };
}
