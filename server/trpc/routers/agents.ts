import { createAgent } from "#server/domain/agents/create.ts";
import { deleteAgent } from "#server/domain/agents/delete.ts";
import { getAgent } from "#server/domain/agents/get.ts";
import { getAgentHoldings } from "#server/domain/agents/holdings.ts";
import { listAgents } from "#server/domain/agents/list.ts";
import { nameAgents } from "#server/domain/agents/names.ts";
import { getAgentPolicy } from "#server/domain/agents/policy.ts";
import { rotateAgentKey } from "#server/domain/agents/rotate-key.ts";
import { updateAgent } from "#server/domain/agents/update.ts";
import { createInbox } from "#server/domain/inboxes/create.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";

/** Agents, through the verbs that the REST API calls. */
export const agentsRouter = router({
  list: signedInProcedure.input(inputOf(listAgents)).query(({ ctx, input }) => listAgents(ctx.action, input)),
  get: signedInProcedure.input(inputOf(getAgent)).query(({ ctx, input }) => getAgent(ctx.action, input)),
  names: signedInProcedure.input(inputOf(nameAgents)).query(({ ctx, input }) => nameAgents(ctx.action, input)),
  holdings: signedInProcedure
    .input(inputOf(getAgentHoldings))
    .query(({ ctx, input }) => getAgentHoldings(ctx.action, input)),
  policy: signedInProcedure.input(inputOf(getAgentPolicy)).query(({ ctx, input }) => getAgentPolicy(ctx.action, input)),
  giveInbox: signedInProcedure.input(inputOf(createInbox)).mutation(({ ctx, input }) => createInbox(ctx.action, input)),
  create: signedInProcedure.input(inputOf(createAgent)).mutation(({ ctx, input }) => createAgent(ctx.action, input)),
  update: signedInProcedure.input(inputOf(updateAgent)).mutation(({ ctx, input }) => updateAgent(ctx.action, input)),
  delete: signedInProcedure.input(inputOf(deleteAgent)).mutation(({ ctx, input }) => deleteAgent(ctx.action, input)),
  rotateKey: signedInProcedure
    .input(inputOf(rotateAgentKey))
    .mutation(({ ctx, input }) => rotateAgentKey(ctx.action, input)),
});
