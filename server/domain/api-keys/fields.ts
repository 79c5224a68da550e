import { z } from "zod";
import { masterKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { invalidField } from "../errors.ts";
import { instant } from "../fields.ts";
import { SCOPES } from "../scopes.ts";

/** Keys are managed by a master key without limits: one with a few scopes could else make itself one with all. */
export const keyAdministration = masterKey("*");

export const keyScopes = z
  .array(z.enum(SCOPES))
  .min(1)
  .max(SCOPES.length)
  .transform((scopes) => [...new Set(scopes)].sort());

export const keyExpiry = instant.nullable();

/** VALIDATION_ERROR for an expiry that has passed. */
export function requireFuture(ctx: Context, expiresAt: Date | null): void {
  if (expiresAt === null || expiresAt > ctx.services.clock.now()) return;
  throw invalidField("expiresAt", "must be in the future; leave it out for a key that does not expire.");
}

/** Where a key of the caller's organisation is found. Platform keys (sk_) are not managed here. */
export function ownKeys(ctx: Context) {
  return { orgId: orgOf(ctx), kind: { in: ["AGENT", "MASTER"] } };
}
