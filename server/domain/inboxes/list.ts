import { z } from "zod";
import { ID_PATTERN } from "#server/platform/ids.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { decodeCursor, PageInput, toPage } from "../pagination.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { toInbox } from "./schemas.ts";

/** The inboxes of the organisation, newest first. An agent's key sees its own. */
export const listInboxes = verb({
  access: anyKey("inbox:read"),
  effect: "read",
  input: PageInput.extend({ query: z.string().max(200).optional().describe("Part of the address or name.") }),
  run: async (ctx, input) => {
    const ownAgentId = resolveAgentId(ctx, undefined);
    const before = decodeCursor(input.cursor, ID_PATTERN);
    const contains = { contains: input.query ?? "", mode: "insensitive" as const };
    const rows = await reader(ctx).inbox.findMany({
      where: {
        orgId: orgOf(ctx),
        deletedAt: null,
        ...(ownAgentId === undefined ? {} : { agentId: ownAgentId }),
        ...(before === undefined ? {} : { id: { lt: before } }),
        ...(input.query ? { OR: [{ email: contains }, { displayName: contains }] } : {}),
      },
      orderBy: { id: "desc" },
      take: input.limit + 1,
    });
    return toPage(rows, input.limit, (row) => row.id, toInbox);
  },
});
