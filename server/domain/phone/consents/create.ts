import { z } from "zod";
import { newId } from "#server/platform/ids.ts";
import { anyKey } from "../../authorise.ts";
import { type Context, eventBase, orgOf } from "../../context.ts";
import { DomainError, invalidField } from "../../errors.ts";
import { instant, listOf, strictBody } from "../../fields.ts";
import { emit, inTransaction } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { note, phoneNumber } from "../fields.ts";
import { storeLocation } from "../locations/change.ts";
import { checkLocation, locationFields } from "../locations/schemas.ts";
import { lockNumber } from "../lock-number.ts";
import { consentSource, toConsent } from "./schemas.ts";

/**
 * Puts on record that a person agreed to be called or texted, with what proves it.
 * After a revocation only the master key's holder may record a newer consent (MASTER_KEY_REQUIRED), given after it
 * (VALIDATION_ERROR, givenAt): no agent talks itself past a person who said no. Nor does one say where the person is.
 */
export const createConsent = verb({
  access: anyKey("compliance:write"),
  input: strictBody({
    phoneNumber,
    source: consentSource,
    evidence: z
      .string()
      .trim()
      .min(1)
      .max(4_000)
      .describe("What proves it: the words agreed to, the form, where it is kept."),
    reference: note.optional().describe("Your own, such as the id of a customer."),
    channels: listOf(z.enum(["voice", "sms"]), 2).default(["voice", "sms"]),
    givenAt: instant.optional().describe("Default: now. Not in the future."),
    location: z
      .strictObject(locationFields)
      .superRefine(checkLocation)
      .optional()
      .describe("Where the person is, as PUT /v1/phone/locations takes it. Needs the master key."),
  }),
  run: async (ctx, input) => {
    const { services } = ctx;
    const orgId = orgOf(ctx);
    const now = services.clock.now();
    const givenAt = input.givenAt ?? now;
    if (givenAt > now) throw invalidField("givenAt", "must not be in the future.");
    if (input.location && ctx.principal.kind === "agent") {
      throw new DomainError("MASTER_KEY_REQUIRED", "A location moves the calling hours: it needs the master key.");
    }
    if (input.channels.length === 0) throw invalidField("channels", "must name voice, sms or both.");
    return inTransaction(ctx, async (tx) => {
      await lockNumber(tx, orgId, input.phoneNumber);
      const key = { orgId_phoneNumber: { orgId, phoneNumber: input.phoneNumber } };
      const revocation = await tx.consentRevocation.findUnique({ where: key });
      if (revocation) refuseTooOld(ctx, revocation.revokedAt, givenAt);
      const row = await tx.consent.create({
        data: {
          orgId,
          id: newId(),
          phoneNumber: input.phoneNumber,
          source: input.source,
          evidence: input.evidence,
          reference: input.reference ?? null,
          channels: [...new Set(input.channels)].sort(),
          givenAt,
          createdAt: now,
        },
      });
      await emit(services, tx, {
        ...eventBase(ctx),
        orgId,
        channel: "voice",
        event: "voice.consent.recorded",
        result: "SUCCESS",
        agentId: ctx.principal.kind === "agent" ? ctx.principal.agentId : null,
        resourceType: "consent",
        resourceId: row.id,
        data: { source: row.source, channels: row.channels, givenAt: givenAt.toISOString() },
        personal: { phoneNumber: row.phoneNumber, detail: `${row.phoneNumber}: ${row.source}` },
      });
      if (input.location) await storeLocation(ctx, tx, input.phoneNumber, input.location);
      return toConsent(row);
    });
  },
});

function refuseTooOld(ctx: Context, revokedAt: Date, givenAt: Date): void {
  if (ctx.principal.kind === "agent") {
    throw new DomainError(
      "MASTER_KEY_REQUIRED",
      "This person took consent back. Only the master key's holder may record a newer one.",
      { details: { revokedAt: revokedAt.toISOString() } },
    );
  }
  if (givenAt <= revokedAt) {
    throw invalidField("givenAt", `must be after ${revokedAt.toISOString()}, when the person took consent back.`);
  }
}
