import type { Transaction } from "#server/platform/database.ts";
import { anyKey, masterKey } from "../../authorise.ts";
import { type Context, eventBase, orgOf } from "../../context.ts";
import { notFound } from "../../errors.ts";
import { strictBody } from "../../fields.ts";
import { emit, inTransaction } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { note, phoneNumber } from "../fields.ts";
import { lockNumber } from "../lock-number.ts";
import { settleStopHeard } from "../stop-heard/settle.ts";
import { toEntry } from "./schemas.ts";

/** Puts a number on the list; one that is there stays as it is. An agent may: it only forbids. */
export const addDoNotCall = verb({
  access: anyKey("compliance:write"),
  input: strictBody({ phoneNumber, reason: note.optional() }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const orgId = orgOf(ctx);
      const key = { orgId_phoneNumber: { orgId, phoneNumber: input.phoneNumber } };
      const createdAt = ctx.services.clock.now();
      await lockNumber(tx, orgId, input.phoneNumber);
      await settleStopHeard(tx, orgId, input.phoneNumber, "LISTED", createdAt);
      const known = await tx.doNotCall.findUnique({ where: key });
      if (known) return toEntry(known);
      const row = await tx.doNotCall.create({
        data: { orgId, phoneNumber: input.phoneNumber, source: "ADDED", reason: input.reason ?? null, createdAt },
      });
      await record(ctx, tx, "voice.do_not_call.added", row.phoneNumber);
      return toEntry(row);
    }),
});

/** Takes a number off the list. NOT_FOUND where it is not on it. */
export const removeDoNotCall = verb({
  access: masterKey("compliance:write"),
  input: strictBody({ phoneNumber }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const orgId = orgOf(ctx);
      const { count } = await tx.doNotCall.deleteMany({ where: { orgId, phoneNumber: input.phoneNumber } });
      if (count === 0) throw notFound("number on the do-not-call list");
      await record(ctx, tx, "voice.do_not_call.removed", input.phoneNumber);
      return { success: true as const };
    }),
});

function record(ctx: Context, tx: Transaction, event: string, number: string) {
  return emit(ctx.services, tx, {
    ...eventBase(ctx),
    orgId: orgOf(ctx),
    channel: "voice",
    event,
    result: "SUCCESS",
    agentId: ctx.principal.kind === "agent" ? ctx.principal.agentId : null,

    personal: { phoneNumber: number, detail: number },
  });
}
