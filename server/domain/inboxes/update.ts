import { z } from "zod";
import { findAgent } from "../agents/find.ts";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { displayName, id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { inboxId } from "./address.ts";
import { attachInbox, detachInbox } from "./attach.ts";
import { findInbox } from "./find.ts";
import { recordInboxEvent } from "./record.ts";
import { toInbox } from "./schemas.ts";

const UpdateInboxInput = z.object({
  id: inboxId,
  displayName: displayName.nullable().optional(),
  agentId: id.nullable().optional().describe("null takes it from its agent."),
});

/** Changes the name that mail shows, and which agent it belongs to. CONFLICT where either has another already. */
export const updateInbox = verb({
  access: masterKey("inbox:write"),
  input: UpdateInboxInput,
  run: async (ctx, input) => {
    const orgId = orgOf(ctx);
    return inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgId);
      let row = await findInbox(ctx, tx, input.id);
      if (input.agentId === null) row = await detachInbox(ctx, tx, row);
      else if (input.agentId !== undefined) {
        row = await attachInbox(ctx, tx, row, (await findAgent(ctx, tx, input.agentId)).id);
      }
      if (input.displayName !== undefined) {
        row = await tx.inbox.update({
          where: { orgId_id: { orgId, id: row.id } },
          data: { displayName: input.displayName },
        });
        await recordInboxEvent(ctx, tx, "inbox.updated", row, row.agentId, { fields: ["displayName"] });
      }
      return toInbox(row);
    });
  },
});
