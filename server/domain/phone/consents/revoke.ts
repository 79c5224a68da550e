import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { anyKey } from "../../authorise.ts";
import { type Context, eventBase, orgOf } from "../../context.ts";
import { id, strictBody } from "../../fields.ts";
import { emit, inTransaction } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { note, phoneNumber } from "../fields.ts";
import { lockNumber } from "../lock-number.ts";
import { settleStopHeard } from "../stop-heard/settle.ts";
import { findConsent } from "./get.ts";
import { toConsent } from "./schemas.ts";

const reason = note.optional().describe("How it was taken back: in a call, by letter ...");

export const Revocation = z
  .object({ phoneNumber: z.string(), revokedAt: z.string() })
  .meta({ id: "ConsentRevocation" });

/**
 * Takes a consent back, and with it every other one of the number: a person who says no on one channel has said it on all
 * (47 CFR 64.1200(a)(10)). A second time changes nothing. NOT_FOUND.
 */
export const revokeConsent = verb({
  access: anyKey("compliance:write"),
  input: strictBody({ id, reason }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const consent = await findConsent(ctx, tx, input.id);
      if (consent.revokedAt === null) await revoke(ctx, tx, consent.phoneNumber, input.reason ?? null);
      return toConsent(await findConsent(ctx, tx, input.id));
    }),
});

/** The same for a number, whether or not there is a consent of it on record: it beats what is asserted, too. */
export const revokeNumber = verb({
  access: anyKey("compliance:write"),
  input: strictBody({ phoneNumber, reason }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const revokedAt = await revoke(ctx, tx, input.phoneNumber, input.reason ?? null);
      return { phoneNumber: input.phoneNumber, revokedAt: revokedAt.toISOString() };
    }),
});

async function revoke(ctx: Context, tx: Transaction, number: string, how: string | null): Promise<Date> {
  const { services } = ctx;
  const orgId = orgOf(ctx);
  await lockNumber(tx, orgId, number);
  const revokedAt = services.clock.now();
  await settleStopHeard(tx, orgId, number, "REVOKED", revokedAt);
  const { count } = await tx.consent.updateMany({
    where: { orgId, phoneNumber: number, revokedAt: null },
    data: { revokedAt, revokedBy: how },
  });
  const row = { revokedAt, reason: how };
  await tx.consentRevocation.upsert({
    where: { orgId_phoneNumber: { orgId, phoneNumber: number } },
    create: { orgId, phoneNumber: number, ...row },
    update: row,
  });
  await emit(services, tx, {
    ...eventBase(ctx),
    orgId,
    channel: "voice",
    event: "voice.consent.revoked",
    result: "SUCCESS",
    agentId: ctx.principal.kind === "agent" ? ctx.principal.agentId : null,
    data: { consents: count },
    personal: { phoneNumber: number, detail: how === null ? number : `${number}: ${how}` },
  });
  return revokedAt;
}
