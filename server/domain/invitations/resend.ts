import { z } from "zod";
import { orgOf } from "../context.ts";
import { DomainError } from "../errors.ts";
import { id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findOpenInvitation, invitationAccess, requireMayInvite } from "./find.ts";
import { toInvitation } from "./schemas.ts";
import { announce, sendingOf } from "./send.ts";

const MAX_SENDS = 10;

/**
 * Sends an invitation again, with another link that is good for seven days; the one before is dead.
 * CONFLICT after ten times: whoever gets so many mails does not want them.
 */
export const resendInvitation = verb({
  access: invitationAccess,
  input: z.object({ id }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const orgId = orgOf(ctx);
      await lockOrganization(tx, orgId);
      const invitation = await findOpenInvitation(ctx, tx, input.id);
      requireMayInvite(ctx, invitation.role);
      if (invitation.sends >= MAX_SENDS) {
        throw new DomainError("CONFLICT", `This invitation was sent ${MAX_SENDS} times. Revoke it and make another.`);
      }
      const row = await tx.invitation.update({
        where: { orgId_id: { orgId, id: invitation.id } },
        data: sendingOf(ctx, invitation.id, invitation.sends + 1),
      });
      const link = await announce(ctx, tx, row, "org.invitation.resent");
      return { invitation: toInvitation(row, ctx.services.clock.now()), link };
    }),
});
