import { z } from "zod";
import { ID_PATTERN } from "#server/platform/ids.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { decodeCursor, PageInput, toPage } from "../pagination.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { resolveAgentId } from "./resolve.ts";
import { AGENT_STATUSES } from "./schemas.ts";
import { viewAgents } from "./view.ts";

/** The agents of the organisation, newest first; those that were deleted only where that status is asked for. */
export const listAgents = verb({
  access: anyKey("agents:read"),
  input: PageInput.extend({
    query: z.string().max(200).optional().describe("Part of the name or slug."),
    status: z.enum(AGENT_STATUSES).optional(),
    orgId: z.string().optional(),
  }),
  run: async (ctx, input) => {
    const db = reader(ctx);
    const orgId = orgOf(ctx);
    if (input.orgId !== undefined && input.orgId !== orgId) throw notFound("organization");
    const ownId = resolveAgentId(ctx, undefined);
    const before = decodeCursor(input.cursor, ID_PATTERN);
    const contains = { contains: input.query ?? "", mode: "insensitive" as const };
    const rows = await db.agent.findMany({
      where: {
        orgId,
        status: input.status ?? { not: "DELETED" },
        AND: [ownId ? { id: ownId } : {}, before ? { id: { lt: before } } : {}],
        ...(input.query ? { OR: [{ name: contains }, { slug: contains }] } : {}),
      },
      orderBy: { id: "desc" },
      take: input.limit + 1,
    });
    const agents = await viewAgents(db, ctx.services.config, orgId, rows);
    return toPage(
      agents,
      input.limit,
      (agent) => agent.id,
      (agent) => agent,
    );
  },
});
