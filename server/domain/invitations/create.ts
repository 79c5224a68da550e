import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import { type Context, orgOf } from "../context.ts";
import { DomainError } from "../errors.ts";
import { role } from "../members/schemas.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { personEmail, refuseAgentsAddress } from "../people/email.ts";
import { findPersonByEmail } from "../people/find.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { invitationAccess, requireMayInvite } from "./find.ts";
import { toInvitation } from "./schemas.ts";
import { announce, sendingOf } from "./send.ts";

const MAX_OPEN = 200;

/**
 * Invites somebody by e-mail. The mail has a link that works once, for seven days. Where no relay is configured, the
 * answer has the link instead, this once.
 * CONFLICT for a member, for somebody who has an open invitation, and when too many are open.
 */
export const inviteMember = verb({
  access: invitationAccess,
  input: z.object({ email: personEmail, role }),
  run: (ctx, { email, role }) => {
    requireMayInvite(ctx, role);
    refuseAgentsAddress(ctx.services.config, "email", email);
    const orgId = orgOf(ctx);
    return inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgId);
      await requireInvitable(ctx, tx, orgId, email);
      const now = ctx.services.clock.now();
      const id = newId();
      const row = await tx.invitation.create({
        data: { orgId, id, email, role, createdAt: now, ...sendingOf(ctx, id, 1) },
      });
      const link = await announce(ctx, tx, row, "org.member.invited");
      return { invitation: toInvitation(row, now), link };
    });
  },
});

async function requireInvitable(ctx: Context, tx: Transaction, orgId: string, email: string): Promise<void> {
  const now = ctx.services.clock.now();
  const person = await findPersonByEmail(tx, email);
  if (person && (await tx.member.findUnique({ where: { orgId_personId: { orgId, personId: person.id } } }))) {
    throw new DomainError("CONFLICT", "This person is a member already.", { details: { field: "email" } });
  }
  // One that expired makes room for the new one.
  await tx.invitation.updateMany({
    where: { orgId, email, acceptedAt: null, revokedAt: null, expiresAt: { lte: now } },
    data: { revokedAt: now },
  });
  const open = await tx.invitation.findMany({
    where: { orgId, acceptedAt: null, revokedAt: null },
    select: { email: true },
    take: MAX_OPEN,
  });
  if (open.length >= MAX_OPEN) {
    throw new DomainError("CONFLICT", `${MAX_OPEN} invitations are open. Revoke those that nobody will accept.`);
  }
  if (await tx.invitation.findFirst({ where: { orgId, email, acceptedAt: null, revokedAt: null } })) {
    throw new DomainError("CONFLICT", "This person has an open invitation: send it again, or revoke it.", {
      details: { field: "email" },
    });
  }
}
