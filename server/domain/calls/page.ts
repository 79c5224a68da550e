import type { Database } from "#server/platform/database.ts";
import type { Call } from "#server/platform/generated/client.ts";
import type { CallState } from "../phone/news.ts";
import type { CALL_DIRECTIONS } from "./schemas.ts";

export type CallFilter = {
  orgId: string;
  agentId: string | undefined;
  directions: readonly (typeof CALL_DIRECTIONS)[number][];
  states: readonly CallState[];
  /** That it is from or to. */
  number: string | undefined;
};

/** Later than every id. */
const END = "ZZZZZZZZZZZZZZZZZZZZZZZZZZ";

type Scan = { name: string; newest: (more: string) => string; values: unknown[] };

/**
 * How the calls of a filter are read: `newest` is SQL for the ids of some of them, whose parts are in an index in the order
 * of ids and are merged; it takes what else narrows and bounds each part.
 *
 * Direction and state have few values: each pair is a part. So a state that few calls have costs what every other one
 * does. A number has few calls, where it is not one of ours: those from it and those to it are parts.
 */
function scanOf({ orgId, directions, states, agentId, number }: CallFilter): Scan {
  const name = `${agentId === undefined ? "" : "-agent"}${number === undefined ? "" : "-number"}`;
  const agent = agentId === undefined ? "AND $4::text IS NULL" : "AND agent_id = $4";
  const values = [orgId, directions, states, agentId ?? null, number ?? null];
  if (number === undefined) {
    const pair = "org_id = $1 AND call.direction = direction.direction AND call.state = state.state";
    const newest = (more: string) => `SELECT id FROM unnest($2::text[]) AS direction
      CROSS JOIN unnest($3::text[]) AS state
      CROSS JOIN LATERAL (SELECT id FROM call WHERE ${pair} ${agent} AND $5::text IS NULL ${more}) AS part`;
    return { name, newest, values };
  }
  const side = (column: string, more: string) => `(SELECT id FROM call WHERE org_id = $1 AND ${column} = $5
    AND direction = ANY($2::text[]) AND state = ANY($3::text[]) ${agent} ${more})`;
  const newest = (more: string) => `${side("from_number", more)} UNION ${side("to_number", more)}`;
  return { name, newest, values };
}

/** Calls before an id, newest first. */
export async function readCalls(
  { pool, prisma }: Database,
  filter: CallFilter,
  page: { before: string | undefined; offset: number; limit: number },
): Promise<Call[]> {
  const { name, newest, values } = scanOf(filter);
  const part = "AND id < $6 ORDER BY id DESC LIMIT $7::integer + $8::integer";
  const { rows } = await pool.query<{ id: string }>({
    name: `calls-page${name}`,
    text: `SELECT id FROM (${newest(part)}) AS found ORDER BY id DESC LIMIT $7 OFFSET $8`,
    values: [...values, page.before ?? END, page.limit, page.offset],
  });
  const ids = rows.map(({ id }) => id);
  return prisma.call.findMany({ where: { orgId: filter.orgId, id: { in: ids } }, orderBy: { id: "desc" } });
}

/** How many calls there are, counted no further than `most`. */
export async function countCalls(pool: Database["pool"], filter: CallFilter, most: number): Promise<number> {
  const { name, newest, values } = scanOf(filter);
  const { rows } = await pool.query<{ count: number }>({
    name: `calls-count${name}`,
    text: `SELECT count(*)::integer AS count FROM (
      SELECT FROM (${newest("LIMIT $6::integer")}) AS found LIMIT $6) AS counted`,
    values: [...values, most],
  });
  return rows[0]?.count ?? 0;
}
