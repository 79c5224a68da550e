import type { EventInput } from "#server/audit/record.ts";
import type { Call } from "#server/platform/generated/client.ts";
import type { Context, Services } from "../context.ts";
import { CarrierRefused } from "../phone/carrier.ts";
import { emit, openTransaction } from "../transaction.ts";
import { endCall } from "./end.ts";
import { callEvent, lockCall } from "./record.ts";
import { OPEN_STATES } from "./schemas.ts";

/**
 * Ends a call for somebody here. One that the carrier was not asked for yet ends at once; else the carrier tells when it
 * has. One that has ended stays as it is. CarrierRefused, CarrierUnsure.
 *
 * @param cause who or what wants it: agent, AGENT_PAUSED, ORG_STOPPED, AGENT_DELETED, unattended
 * @param by whoever asks for it by a request, and why: that it was asked for is on the log, once, with the first one's reason
 */
export async function hangUp(
  services: Services,
  orgId: string,
  id: string,
  cause: string,
  by?: { ctx: Context; reason: string | null },
): Promise<void> {
  const call = await openTransaction(services, async (tx) => {
    const row = await lockCall(tx, orgId, id);
    if (!row || row.endedAt !== null) return null;
    const where = { orgId_id: { orgId, id } };
    if (row.endAsked === null) {
      await tx.call.update({ where, data: { endAsked: cause, hangupReason: by?.reason ?? null } });
      if (by) await emit(services, tx, hangUpEvent(row, by));
    }
    if (row.carrierId === null && row.dialledAt === null) {
      const at = services.clock.now();
      await endCall(
        services,
        tx,
        { ...row, endAsked: cause },
        { reason: "agent_hangup", at, durationSeconds: 0, cause },
      );
      return null;
    }
    return row;
  });
  // Without the carrier's id it is being asked for at this moment: whoever does that ends it.
  if (!call?.carrierId) return;
  try {
    await services.carrier.hangUp(call.carrierId);
  } catch (error) {
    // It has ended meanwhile: that is told.
    if (!(error instanceof CarrierRefused) || error.retryable) throw error;
  }
}

/** Why somebody hung up is free text, which may be about the person: it is in the private part. */
function hangUpEvent(call: Call, { ctx, reason }: { ctx: Context; reason: string | null }): EventInput {
  const event = callEvent(call, "voice.call.hangup_requested", "SUCCESS", {}, ctx);
  return reason === null ? event : { ...event, personal: { ...event.personal, reason } };
}

/** Hangs up every call that runs, of an organisation or of one of its agents: they were stopped. Rejects where one goes on. */
export async function hangUpAll(
  services: Services,
  of: { orgId: string; agentId: string | null; cause: string },
): Promise<void> {
  const open = await services.db.prisma.call.findMany({
    where: {
      orgId: of.orgId,
      state: { in: [...OPEN_STATES] },
      ...(of.agentId === null ? {} : { agentId: of.agentId }),
    },
    select: { id: true },
    orderBy: { id: "asc" },
  });
  const results = await Promise.allSettled(open.map(({ id }) => hangUp(services, of.orgId, id, of.cause)));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
