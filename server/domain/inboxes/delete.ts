import { z } from "zod";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { inboxId } from "./address.ts";
import { findInbox } from "./find.ts";
import { recordInboxEvent } from "./record.ts";

/** Ends an inbox: it takes no more mail, and its agent may get another. Its mail stays, its address is never reused. */
export const deleteInbox = verb({
  access: masterKey("inbox:write"),
  effect: "govern",
  input: z.object({ id: inboxId }),
  run: async (ctx, input) => {
    const orgId = orgOf(ctx);
    await inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgId);
      const inbox = await findInbox(ctx, tx, input.id);
      await tx.inbox.update({
        where: { orgId_id: { orgId, id: inbox.id } },
        data: { deletedAt: ctx.services.clock.now(), agentId: null },
      });
      await recordInboxEvent(ctx, tx, "inbox.deleted", inbox, inbox.agentId);
    });
    return { success: true as const };
  },
});
