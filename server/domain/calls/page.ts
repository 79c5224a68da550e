import type { Database } from "#server/platform/database.ts";
import type { Call } from "#server/platform/generated/client.ts";
import type { CallState } from "../phone/news.ts";
import type { CALL_DIRECTIONS } from "./schemas.ts";

export type CallFilter = {
  orgId: string;
  agentId: string | undefined;
  directions: readonly (typeof CALL_DIRECTIONS)[number][];
  states: readonly CallState[];
};

/** Later than every id. */
const END = "ZZZZZZZZZZZZZZZZZZZZZZZZZZ";

// Direction and state have few values: each pair stands in an index in the order of ids, and a page is their merge. So a
// state that few calls have costs what every other one does.
const kindsOf = (agentId: string | undefined) => `unnest($2::text[]) AS direction CROSS JOIN unnest($3::text[]) AS state
  CROSS JOIN LATERAL (SELECT id FROM call WHERE org_id = $1 AND call.direction = direction.direction
    AND call.state = state.state ${agentId === undefined ? "AND $4::text IS NULL" : "AND agent_id = $4"}`;

const valuesOf = ({ orgId, directions, states, agentId }: CallFilter) => [orgId, directions, states, agentId ?? null];

/** Calls before an id, newest first. */
export async function readCalls(
  { pool, prisma }: Database,
  filter: CallFilter,
  page: { before: string | undefined; offset: number; limit: number },
): Promise<Call[]> {
  const { orgId, agentId } = filter;
  const { rows } = await pool.query<{ id: string }>({
    name: agentId === undefined ? "calls-page" : "calls-page-agent",
    text: `SELECT id FROM ${kindsOf(agentId)} AND id < $5 ORDER BY id DESC LIMIT $6::integer + $7::integer) AS kind
      ORDER BY id DESC LIMIT $6 OFFSET $7`,
    values: [...valuesOf(filter), page.before ?? END, page.limit, page.offset],
  });
  return prisma.call.findMany({ where: { orgId, id: { in: rows.map(({ id }) => id) } }, orderBy: { id: "desc" } });
}

/** How many calls there are, counted no further than `most`. */
export async function countCalls(pool: Database["pool"], filter: CallFilter, most: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>({
    name: filter.agentId === undefined ? "calls-count" : "calls-count-agent",
    text: `SELECT count(*)::integer AS count FROM (
      SELECT FROM ${kindsOf(filter.agentId)} LIMIT $5::integer) AS kind LIMIT $5) AS counted`,
    values: [...valuesOf(filter), most],
  });
  return rows[0]?.count ?? 0;
}
