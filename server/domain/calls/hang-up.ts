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
 * @param ctx of whoever asks for it by a request: that it was asked for is on the log, once
 */
export async function hangUp(
  services: Services,
  orgId: string,
  id: string,
  cause: string,
  ctx?: Context,
): Promise<void> {
  const call = await openTransaction(services, async (tx) => {
    const row = await lockCall(tx, orgId, id);
    if (!row || row.endedAt !== null) return null;
    const where = { orgId_id: { orgId, id } };
    if (row.endAsked === null) {
      await tx.call.update({ where, data: { endAsked: cause } });
      if (ctx) await emit(services, tx, callEvent(row, "voice.call.hangup_requested", "SUCCESS", {}, ctx));
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
