import type { Message } from "#server/platform/generated/client.ts";
import { reverseUsage } from "../billing/reverse.ts";
import type { Services } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { hold, holdReasonOf } from "../messages/hold.ts";
import { CarrierRefused, type MessageOrder } from "../phone/carrier.ts";
import { refusedSince } from "../phone/gates/still-allowed.ts";
import { tokenOf } from "../phone/token.ts";
import { emit, openTransaction } from "../transaction.ts";
import { lockText, textEvent } from "./record.ts";

/** A text that could not be handed over, or was held, for so long is not sent any more: the gates have looked at another moment. */
const SEND_WITHIN_S = 600;
/** That the carrier was asked: from then on a text is looked for before it is handed over again. */
export const HANDING_OVER = "HANDING_OVER";

/**
 * Hands a text that was accepted to the carrier, once: whoever comes here a second time first looks whether it is there.
 * One of a paused agent or a stopped organisation waits until it is released.
 * Rejects where nobody can say yet; it is tried again.
 */
export async function deliverText(
  services: Services,
  { orgId, messageId }: { orgId: string; messageId: string },
): Promise<void> {
  const { carrier, clock } = services;
  const text = await openTransaction(services, async (tx) => {
    const row = await lockText(tx, orgId, messageId);
    if (row?.status !== "QUEUED" || row.externalId !== null) return null;
    const where = { orgId_id: { orgId, id: messageId } };
    await tx.message.update({ where, data: { statusReason: HANDING_OVER } });
    return row;
  });
  if (!text) return;
  const order = orderOf(text);
  try {
    const wasAsked = text.statusReason === HANDING_OVER;
    const known = wasAsked ? await carrier.findMessage(order, text.createdAt) : null;
    if (known) return await noteSent(services, text, known.carrierId);
    services.directory.forget(orgId);
    const agent = await services.directory.agent(orgId, text.agentId);
    const refusal = await refusalOf(services, text, agent, clock.now());
    if (refusal) return await fail(services, text, refusal);
    const held = holdReasonOf(agent);
    if (held) return await hold(services, text, held);
    const { carrierId } = await carrier.sendMessage(order);
    await noteSent(services, text, carrierId);
  } catch (error) {
    if (!(error instanceof CarrierRefused) || (error.retryable && !isLate(text, clock.now()))) throw error;
    await fail(services, text, error.code);
  }
}

/** Why a text may not be sent any more; null where it may. */
async function refusalOf(
  services: Services,
  text: Message,
  agent: AgentProfile | null,
  now: Date,
): Promise<string | null> {
  if (isLate(text, now)) return "timeout";
  if (!agent) return "AGENT_DELETED";
  const { orgId, id: resourceId } = text;
  const waiting = { orgId, channel: "sms" as const, phoneNumber: text.to[0] ?? "", resourceId };
  return refusedSince(services.db.prisma, waiting, now);
}

function isLate(text: Message, now: Date): boolean {
  return now.getTime() - text.createdAt.getTime() > SEND_WITHIN_S * 1_000;
}

function orderOf(text: Message): MessageOrder {
  const { mediaUrls = [] } = text.metadata as { mediaUrls?: string[] };
  return {
    orgId: text.orgId,
    token: tokenOf(text.orgId, text.id),
    from: text.fromAddress,
    to: text.to[0] ?? "",
    body: text.body,
    mediaUrls,
  };
}

async function noteSent(services: Services, { orgId, id }: Message, carrierId: string): Promise<void> {
  await openTransaction(services, async (tx) => {
    const text = await lockText(tx, orgId, id);
    if (!text) return;
    const now = services.clock.now();
    // The carrier may have told that it is delivered before it answered that it took it.
    const isQueued = text.status === "QUEUED";
    await tx.message.update({
      where: { orgId_id: { orgId, id } },
      data: {
        externalId: carrierId,
        updatedAt: now,
        ...(isQueued ? { status: "SENT", statusReason: null, sentAt: now } : {}),
      },
    });
    if (isQueued) await emit(services, tx, textEvent(services, text, "sms.sent", "SUCCESS"));
  });
}

/** Ends a text that the carrier has not taken: it is not charged. */
async function fail(services: Services, { orgId, id }: Message, reason: string): Promise<void> {
  await openTransaction(services, async (tx) => {
    const text = await lockText(tx, orgId, id);
    if (text?.status !== "QUEUED") return;
    await tx.message.update({
      where: { orgId_id: { orgId, id } },
      data: { status: "FAILED", statusReason: reason, updatedAt: services.clock.now() },
    });
    await emit(services, tx, textEvent(services, text, "sms.failed", "FAILURE", { reason }));
    const usage = { orgId, recordId: text.eventId, resourceId: id, correlationId: text.correlationId };
    await reverseUsage(services, tx, { ...usage, meter: "sms_sent" }, "NOT_HANDED_OVER");
  });
}
