import { inviteMember } from "#server/domain/invitations/create.ts";
import { listInvitations } from "#server/domain/invitations/list.ts";
import { resendInvitation } from "#server/domain/invitations/resend.ts";
import { revokeInvitation } from "#server/domain/invitations/revoke.ts";
import { changeMemberRole } from "#server/domain/members/change-role.ts";
import { listMembers } from "#server/domain/members/list.ts";
import { removeMember } from "#server/domain/members/remove.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";

/** Who may be in the organisation, and who is asked to. */
export const membersRouter = router({
  list: signedInProcedure.input(inputOf(listMembers)).query(({ ctx, input }) => listMembers(ctx.action, input)),
  changeRole: signedInProcedure
    .input(inputOf(changeMemberRole))
    .mutation(({ ctx, input }) => changeMemberRole(ctx.action, input)),
  remove: signedInProcedure.input(inputOf(removeMember)).mutation(({ ctx, input }) => removeMember(ctx.action, input)),
  invitations: signedInProcedure.query(({ ctx }) => listInvitations(ctx.action, {})),
  invite: signedInProcedure.input(inputOf(inviteMember)).mutation(({ ctx, input }) => inviteMember(ctx.action, input)),
  resend: signedInProcedure
    .input(inputOf(resendInvitation))
    .mutation(({ ctx, input }) => resendInvitation(ctx.action, input)),
  revokeInvitation: signedInProcedure
    .input(inputOf(revokeInvitation))
    .mutation(({ ctx, input }) => revokeInvitation(ctx.action, input)),
});
