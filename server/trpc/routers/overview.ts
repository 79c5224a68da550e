import { listAgentsInNeed } from "#server/domain/agents/in-need.ts";
import { getStart } from "#server/domain/console/start.ts";
import { countEvents } from "#server/domain/events/count.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";

/** The first page: what happened lately, who needs a hand, and how far a new organisation has come. */
export const overviewRouter = router({
  counts: signedInProcedure.input(inputOf(countEvents)).query(({ ctx, input }) => countEvents(ctx.action, input)),
  agentsInNeed: signedInProcedure.query(({ ctx }) => listAgentsInNeed(ctx.action, {})),
  start: signedInProcedure.query(({ ctx }) => getStart(ctx.action, {})),
});
