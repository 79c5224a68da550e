import type { Transaction } from "#server/platform/database.ts";
import type { Inbox } from "#server/platform/generated/client.ts";
import { type Context, orgOf } from "../context.ts";
import { notFound } from "../errors.ts";

/**
 * An inbox of the organisation, named by its id or by its address (which sign-up gives out as inbox_id).
 * NOT_FOUND for a deleted or foreign one and, with an agent's key, for one that is not its own.
 */
export async function findInbox(ctx: Context, db: Transaction, idOrAddress: string): Promise<Inbox> {
  const orgId = orgOf(ctx);
  const inbox = await db.inbox.findFirst({
    where: {
      orgId,
      deletedAt: null,
      ...(idOrAddress.includes("@") ? { email: idOrAddress.toLowerCase() } : { id: idOrAddress }),
      ...(ctx.principal.kind === "agent" ? { agentId: ctx.principal.agentId } : {}),
    },
  });
  if (!inbox) throw notFound("inbox");
  return inbox;
}
