import { getMyOrganization } from "#server/domain/organizations/get-mine.ts";
import { rotateMasterKey } from "#server/domain/organizations/rotate-key.ts";
import { previewRotation } from "#server/domain/organizations/rotation.ts";
import { resumeOrganization, stopOrganization } from "#server/domain/organizations/stop.ts";
import { previewStop } from "#server/domain/organizations/stop-preview.ts";
import { updateOrganization } from "#server/domain/organizations/update.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";

/** The organisation of the session. */
export const organizationRouter = router({
  get: signedInProcedure.query(({ ctx }) => getMyOrganization(ctx.action, {})),
  update: signedInProcedure
    .input(inputOf(updateOrganization))
    .mutation(({ ctx, input }) => updateOrganization(ctx.action, input)),
  previewRotation: signedInProcedure.query(({ ctx }) => previewRotation(ctx.action, {})),
  rotateMasterKey: signedInProcedure
    .input(inputOf(rotateMasterKey))
    .mutation(({ ctx, input }) => rotateMasterKey(ctx.action, input)),
  previewStop: signedInProcedure.query(({ ctx }) => previewStop(ctx.action, {})),
  stop: signedInProcedure
    .input(inputOf(stopOrganization))
    .mutation(({ ctx, input }) => stopOrganization(ctx.action, input)),
  resume: signedInProcedure
    .input(inputOf(resumeOrganization))
    .mutation(({ ctx, input }) => resumeOrganization(ctx.action, input)),
});
