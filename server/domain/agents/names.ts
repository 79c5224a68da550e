import { z } from "zod";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id, listOf } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { NAMED_AT_ONCE } from "./limits.ts";

/** What agents are or were called: the log goes on naming those that were deleted. Ids that are nobody's are left out. */
export const nameAgents = verb({
  access: masterKey("agents:read"),
  effect: "read",
  input: z.object({ ids: listOf(id, NAMED_AT_ONCE) }),
  run: async (ctx, input) => {
    const items = await reader(ctx).agent.findMany({
      where: { orgId: orgOf(ctx), id: { in: input.ids } },
      select: { id: true, name: true, status: true },
    });
    return { items: items.map(({ status, ...agent }) => ({ ...agent, deleted: status === "DELETED" })) };
  },
});
