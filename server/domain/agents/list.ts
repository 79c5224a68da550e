import { z } from "zod";
import type { Agent as AgentRow } from "#server/platform/generated/client.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { type SortedList, SortedPageInput, type SortKey, sortedPage } from "../sorted-page.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { resolveAgentId } from "./resolve.ts";
import { AGENT_SORTS, AGENT_STATUSES } from "./schemas.ts";
import { viewAgents } from "./view.ts";

const ListAgentsInput = SortedPageInput.extend({
  query: z
    .string()
    .max(200)
    .optional()
    .describe("Part of the name, slug or address; upper and lower case are the same."),
  search: z.string().max(200).optional().describe("The same as query."),
  status: z.enum(AGENT_STATUSES).optional(),
  sort: z.enum(AGENT_SORTS).default("created"),
  orgId: z.string().optional(),
});

// By last activity is not among them: it would need a row to be written for every event, or the whole log to be read.
const SORTS: Record<(typeof AGENT_SORTS)[number], SortKey<AgentRow> | null> = {
  created: null,
  name: { field: "name", kind: "text", column: "name", sql: (operand) => `lower(${operand})` },
  status: { field: "status", kind: "text", column: "status", sql: (operand) => operand },
};

// The expression of the index agent_search.
const NAMES = "lower(t.name || E'\\n' || t.slug)";

/** The agents of the organisation, newest first; those that were deleted only where that status is asked for. */
export const listAgents = verb({
  access: anyKey("agents:read"),
  effect: "read",
  input: ListAgentsInput,
  run: async (ctx, input) => {
    const { services } = ctx;
    const orgId = orgOf(ctx);
    if (input.orgId !== undefined && input.orgId !== orgId) throw notFound("organization");
    const ownId = resolveAgentId(ctx, undefined);
    const text = (input.search ?? input.query)?.trim();
    const { sort, limit, cursor, order = sort === "created" ? "desc" : "asc" } = input;
    const statuses = input.status ? [input.status] : (["ACTIVE", "PAUSED"] as const);
    const list: SortedList<AgentRow> = {
      table: "agent",
      columns: `t.org_id AS "orgId", t.id, t.name, t.slug, t.status, t.metadata, t.created_at AS "createdAt",
        t.updated_at AS "updatedAt"`,
      parts: statuses.map((status) => `t.status = '${status}'`),
      ...(ownId === undefined ? {} : { conditions: ["t.id = $2"], values: [ownId] }),
      sorts: SORTS,
      search: text ? { text, ...SEARCH } : undefined,
    };
    const page = await sortedPage(services.db.pool, orgId, list, { sort, order, limit, cursor });
    return { ...page, items: await viewAgents(reader(ctx), services.config, orgId, page.items) };
  },
});

const SEARCH = {
  matches: `(${NAMES} LIKE ? OR EXISTS (SELECT FROM inbox i WHERE i.org_id = $1 AND i.agent_id = t.id
    AND i.deleted_at IS NULL AND i.email LIKE ?))`,
  ids: `SELECT t.id FROM agent t WHERE t.org_id = $1 AND ${NAMES} LIKE ?
    UNION SELECT i.agent_id FROM inbox i WHERE i.org_id = $1 AND i.deleted_at IS NULL AND i.email LIKE ?`,
};
