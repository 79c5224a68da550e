import { z } from "zod";
import { eventBase, orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findOpenInvitation, invitationAccess, requireMayInvite } from "./find.ts";

/** Takes an open invitation back: its link is dead at once. */
export const revokeInvitation = verb({
  access: invitationAccess,
  input: z.object({ id }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const orgId = orgOf(ctx);
      await lockOrganization(tx, orgId);
      const { email, role, ...invitation } = await findOpenInvitation(ctx, tx, input.id);
      requireMayInvite(ctx, role);
      await tx.invitation.update({
        where: { orgId_id: { orgId, id: invitation.id } },
        data: { revokedAt: ctx.services.clock.now() },
      });
      await emit(ctx.services, tx, {
        ...eventBase(ctx),
        orgId,
        channel: "org",
        event: "org.invitation.revoked",
        result: "SUCCESS",
        resourceType: "invitation",
        resourceId: invitation.id,
        data: { role },
        personal: { detail: `${email} as ${role}`, email },
      });
      return { success: true as const };
    }),
});
