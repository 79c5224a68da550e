import { listMessages } from "#server/domain/messages/list.ts";
import { PageInput } from "#server/domain/pagination.ts";
import { validate } from "#server/domain/verb.ts";
import { router, signedInProcedure, unchecked } from "../init.ts";

export const messagesRouter = router({
  /** What was accepted and has not left, newest first. */
  outbox: signedInProcedure.input(unchecked(PageInput)).query(({ ctx, input }) => {
    // Page by page only: tRPC's paging adds a `direction` of its own to the input.
    const page = validate(PageInput, input);
    return listMessages(ctx.action, { ...page, status: "QUEUED", direction: "OUTBOUND" });
  }),
});
