import { z } from "zod";
import { masterKey } from "../authorise.ts";
import { type Context, eventBase } from "../context.ts";
import { id } from "../fields.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { lockOrganization } from "./lock.ts";
import { findOwnOrganization } from "./own.ts";
import { toOrganization } from "./schemas.ts";

/**
 * The kill switch: from its commit on no agent of the organisation acts, on any channel and in any process. Mail that is
 * queued stays queued; texts and calls that were not handed over fail and are given back, since their gates have looked
 * at another moment; calls that run are hung up. Mail to the agents is still stored.
 */
export const stopOrganization = verb({
  access: masterKey("*"),
  input: z.object({ id }),
  run: (ctx, input) => change(ctx, input.id, "STOPPED"),
});

/** Lets the agents act again, those that are not paused; what was held leaves. */
export const resumeOrganization = verb({
  access: masterKey("*"),
  input: z.object({ id }),
  run: (ctx, input) => change(ctx, input.id, "ACTIVE"),
});

function change(ctx: Context, orgId: string, status: "ACTIVE" | "STOPPED") {
  return inTransaction(ctx, async (tx) => {
    await findOwnOrganization(ctx, tx, orgId);
    const before = await lockOrganization(tx, orgId);
    const data = before.status === status ? {} : { status, updatedAt: ctx.services.clock.now() };
    const row = await tx.organization.update({ where: { id: orgId }, data });
    if (before.status !== status) {
      const isStop = status === "STOPPED";
      const input = {
        ...eventBase(ctx),
        orgId,
        channel: "org" as const,
        event: isStop ? "org.stopped" : "org.resumed",
        result: "SUCCESS" as const,
        resourceType: "organization",
        resourceId: orgId,
        personal: { detail: row.name },
      };
      await emit(
        ctx.services,
        tx,
        input,
        isStop
          ? { task: "hang-up-calls", payload: { orgId, agentId: null, cause: "ORG_STOPPED" } }
          : { task: "release-held", payload: {} },
      );
    }
    return toOrganization(row);
  });
}
