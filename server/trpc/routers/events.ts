import { getEventLeaf } from "#server/domain/events/get-leaf.ts";
import { listAuditEvents } from "#server/domain/events/list.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";

/** The audit log: a chain oldest first where a correlation id is given, anything else newest first. */
export const eventsRouter = router({
  list: signedInProcedure.input(inputOf(listAuditEvents)).query(({ ctx, input }) => listAuditEvents(ctx.action, input)),
  leaf: signedInProcedure.input(inputOf(getEventLeaf)).query(({ ctx, input }) => getEventLeaf(ctx.action, input)),
});
