import { masterKey } from "../../authorise.ts";
import { callEvent } from "../../calls/record.ts";
import { eventBase, orgOf } from "../../context.ts";
import { notFound } from "../../errors.ts";
import { id, strictBody } from "../../fields.ts";
import { textEvent } from "../../sms/record.ts";
import { emit, inTransaction } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import type { StopSettled } from "./settle.ts";

/**
 * Notes that what was said or written is no wish to be left alone ("don't call me before nine"): nothing changes for the
 * number, and it is not asked about again. NOT_FOUND where it does not wait.
 */
export const dismissStopHeard = verb({
  access: masterKey("compliance:write"),
  input: strictBody({ id }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const orgId = orgOf(ctx);
      const settledBy: StopSettled = "DISMISSED";
      const [row] = await tx.stopHeard.updateManyAndReturn({
        where: { orgId, id: input.id, settledAt: null },
        data: { settledAt: ctx.services.clock.now(), settledBy },
      });
      if (!row) throw notFound("request to stop that waits");
      const where = { orgId_id: { orgId, id: row.resourceId } };
      const event =
        row.channel === "sms"
          ? textEvent(ctx.services, await tx.message.findUniqueOrThrow({ where }), "sms.stop_dismissed", "SUCCESS")
          : callEvent(await tx.call.findUniqueOrThrow({ where }), "voice.call.stop_dismissed", "SUCCESS");
      await emit(ctx.services, tx, { ...event, ...eventBase(ctx), correlationId: row.correlationId });
      return { success: true as const };
    }),
});
