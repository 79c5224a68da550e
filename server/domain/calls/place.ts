import type { Call } from "#server/platform/generated/client.ts";
import type { Services } from "../context.ts";
import { type Accepted, type CallOrder, CarrierRefused } from "../phone/carrier.ts";
import { refusedSince } from "../phone/gates/still-allowed.ts";
import { tokenOf } from "../phone/token.ts";
import { openTransaction } from "../transaction.ts";
import { endCall } from "./end.ts";
import { hangUp } from "./hang-up.ts";
import { lockCall } from "./record.ts";

/** A call that could not be handed over for so long is not placed any more: the gates have looked at another moment. */
export const PLACE_WITHIN_S = 60;

/**
 * Asks the carrier for a call that was accepted, once: whoever comes here a second time (a process that died, a carrier
 * that did not answer) first looks whether the call is there. Rejects where nobody can say yet; it is tried again.
 */
export async function placeCall(
  services: Services,
  { orgId, callId }: { orgId: string; callId: string },
): Promise<void> {
  const { carrier, clock } = services;
  const call = await openTransaction(services, async (tx) => {
    const row = await lockCall(tx, orgId, callId);
    if (!row || row.endedAt !== null || row.carrierId !== null) return row;
    const where = { orgId_id: { orgId, id: callId } };
    if (row.dialledAt === null) await tx.call.update({ where, data: { dialledAt: clock.now() } });
    return row;
  });
  if (!call || call.endedAt !== null) return;
  // The carrier has it; that somebody wanted it to end meanwhile may have failed.
  if (call.carrierId !== null) return endIfAsked(services, call);
  const order = orderOf(call);
  try {
    const known = call.dialledAt ? await carrier.findCall(order, call.dialledAt) : null;
    const refusal = known ? null : await refusalOf(services, call, clock.now());
    if (refusal) return await giveUp(services, call, refusal);
    await noteAccepted(services, call, known ?? (await carrier.placeCall(order)));
  } catch (error) {
    if (!(error instanceof CarrierRefused) || (error.retryable && !isLate(call, clock.now()))) throw error;
    services.log.info({ code: error.code, callId }, "the carrier refused a call");
    await giveUp(services, call, error.code);
  }
}

/** Why a call may not be placed any more; null where it may. */
async function refusalOf(services: Services, call: Call, now: Date): Promise<string | null> {
  if (call.endAsked !== null) return call.endAsked;
  if (isLate(call, now)) return "timeout";
  services.directory.forget(call.orgId);
  const agent = await services.directory.agent(call.orgId, call.agentId);
  if (!agent) return "AGENT_DELETED";
  if (agent.org.status !== "ACTIVE") return "ORG_STOPPED";
  if (agent.status !== "ACTIVE") return "AGENT_PAUSED";
  const { orgId, toNumber: phoneNumber, id: resourceId } = call;
  return refusedSince(services.db.prisma, { orgId, channel: "voice", phoneNumber, resourceId }, now);
}

function isLate(call: Call, now: Date): boolean {
  return now.getTime() - call.createdAt.getTime() > PLACE_WITHIN_S * 1_000;
}

function orderOf(call: Call): CallOrder {
  return {
    orgId: call.orgId,
    token: tokenOf(call.orgId, call.id),
    from: call.fromNumber,
    to: call.toNumber,
    greeting: call.greeting,
    voiceId: call.voiceId,
    language: call.language,
    maxSeconds: call.maxSeconds,
  };
}

async function noteAccepted(services: Services, { orgId, id }: Call, { carrierId }: Accepted): Promise<void> {
  const call = await openTransaction(services, async (tx) => {
    const row = await lockCall(tx, orgId, id);
    if (row) await tx.call.update({ where: { orgId_id: { orgId, id } }, data: { carrierId } });
    return row;
  });
  if (call) await endIfAsked(services, call);
}

/** Somebody wanted it to end while the carrier was asked. */
async function endIfAsked(services: Services, { orgId, id, endAsked }: Call): Promise<void> {
  if (endAsked !== null) await hangUp(services, orgId, id, endAsked);
}

/** Ends a call that the carrier has not taken: its minutes and the call itself are given back. */
async function giveUp(services: Services, { orgId, id }: Call, cause: string): Promise<void> {
  await openTransaction(services, async (tx) => {
    const call = await lockCall(tx, orgId, id);
    if (call?.state !== "queued") return;
    await endCall(services, tx, call, { reason: "failed", at: services.clock.now(), durationSeconds: 0, cause });
  });
}
