import type { Transaction } from "#server/platform/database.ts";
import type { Invitation } from "#server/platform/generated/client.ts";
import { authorise, masterKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { notFound } from "../errors.ts";

export const invitationAccess = masterKey("*");

/** FORBIDDEN unless the caller may hand out this role: an owner is made by owners only. */
export function requireMayInvite(ctx: Context, role: string): void {
  if (role === "OWNER") authorise(ctx, invitationAccess, "govern");
}

/** An open invitation of the caller's organisation, expired or not. NOT_FOUND. */
export async function findOpenInvitation(ctx: Context, tx: Transaction, id: string): Promise<Invitation> {
  const invitation = await tx.invitation.findFirst({
    where: { orgId: orgOf(ctx), id, acceptedAt: null, revokedAt: null },
  });
  if (!invitation) throw notFound("invitation");
  return invitation;
}
