import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { Consent as Row } from "#server/platform/generated/client.ts";
import { anyKey } from "../../authorise.ts";
import { type Context, orgOf } from "../../context.ts";
import { notFound } from "../../errors.ts";
import { id } from "../../fields.ts";
import { reader } from "../../transaction.ts";
import { verb } from "../../verb.ts";
import { toConsent } from "./schemas.ts";

/** A consent record with what proves it. NOT_FOUND. */
export const getConsent = verb({
  access: anyKey("compliance:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => toConsent(await findConsent(ctx, reader(ctx), input.id)),
});

export async function findConsent(ctx: Context, db: Transaction, consentId: string): Promise<Row> {
  const row = await db.consent.findUnique({ where: { orgId_id: { orgId: orgOf(ctx), id: consentId } } });
  if (!row) throw notFound("consent");
  return row;
}
