import { listSessions, revokeOtherSessions, revokeSession } from "#server/domain/console/manage-sessions.ts";
import {
  addPasskey,
  beginPasskey,
  removePasskey,
  renamePasskey,
  setSecondFactor,
} from "#server/domain/people/passkeys.ts";
import { getProfile, updateProfile } from "#server/domain/people/profile.ts";
import { removePassword, setPassword } from "#server/domain/people/set-password.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";
import { limitPassword } from "../sign-in-limits.ts";

/** The account of whoever acts, and sessions. */
export const accountRouter = router({
  profile: signedInProcedure.query(({ ctx }) => getProfile(ctx.action, {})),
  update: signedInProcedure
    .input(inputOf(updateProfile))
    .mutation(({ ctx, input }) => updateProfile(ctx.action, input)),
  setPassword: signedInProcedure.input(inputOf(setPassword)).mutation(async ({ ctx, input }) => {
    const email = ctx.session.person?.email;
    // The password that they have can be guessed here as well as at the door.
    if (email && input.current) {
      const { services, address } = ctx;
      await limitPassword({ rateLimits: services.rateLimits, address, knownBrowser: ctx.knownBrowser(email) }, email);
    }
    return setPassword(ctx.action, input);
  }),
  removePassword: signedInProcedure.mutation(({ ctx }) => removePassword(ctx.action, {})),
  beginPasskey: signedInProcedure.mutation(({ ctx }) => beginPasskey(ctx.action, {})),
  addPasskey: signedInProcedure.input(inputOf(addPasskey)).mutation(({ ctx, input }) => addPasskey(ctx.action, input)),
  renamePasskey: signedInProcedure
    .input(inputOf(renamePasskey))
    .mutation(({ ctx, input }) => renamePasskey(ctx.action, input)),
  removePasskey: signedInProcedure
    .input(inputOf(removePasskey))
    .mutation(({ ctx, input }) => removePasskey(ctx.action, input)),
  setSecondFactor: signedInProcedure
    .input(inputOf(setSecondFactor))
    .mutation(({ ctx, input }) => setSecondFactor(ctx.action, input)),
  sessions: signedInProcedure.query(({ ctx }) => listSessions(ctx.action, {})),
  revokeSession: signedInProcedure
    .input(inputOf(revokeSession))
    .mutation(({ ctx, input }) => revokeSession(ctx.action, input)),
  revokeOtherSessions: signedInProcedure.mutation(({ ctx }) => revokeOtherSessions(ctx.action, {})),
});
