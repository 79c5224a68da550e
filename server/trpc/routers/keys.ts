import { createApiKey } from "#server/domain/api-keys/create.ts";
import { listApiKeys } from "#server/domain/api-keys/list.ts";
import { revokeApiKey } from "#server/domain/api-keys/revoke.ts";
import { rotateApiKey } from "#server/domain/api-keys/rotate.ts";
import { listScopes } from "#server/domain/api-keys/scopes.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";

/** Keys of the organisation and of its agents, through the verbs that the REST API calls. */
export const keysRouter = router({
  list: signedInProcedure.input(inputOf(listApiKeys)).query(({ ctx, input }) => listApiKeys(ctx.action, input)),
  scopes: signedInProcedure.query(({ ctx }) => listScopes(ctx.action, {})),
  create: signedInProcedure.input(inputOf(createApiKey)).mutation(({ ctx, input }) => createApiKey(ctx.action, input)),
  revoke: signedInProcedure.input(inputOf(revokeApiKey)).mutation(({ ctx, input }) => revokeApiKey(ctx.action, input)),
  rotate: signedInProcedure.input(inputOf(rotateApiKey)).mutation(({ ctx, input }) => rotateApiKey(ctx.action, input)),
});
