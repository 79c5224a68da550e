import type pg from "pg";

/** Which events of an organisation. Every member narrows; an absent one does not. */
export type EventFilter = {
  correlationId?: string | undefined;
  requestId?: string | undefined;
  agentId?: string | undefined;
  channel?: string | undefined;
  event?: string | undefined;
  /** One of these names. */
  events?: readonly string[] | undefined;
  result?: string | undefined;
  /** Later than this instant. */
  after?: Date | undefined;
  /** Earlier than this instant. */
  before?: Date | undefined;
  /** With a greater number. */
  afterSeq?: number | undefined;
  /** With a smaller number. */
  beforeSeq?: number | undefined;
};

// As in the migration of event_span: 4,096 numbers a row.
const CHUNK = 4_096;

/**
 * SQL for the numbers of an organisation's events that fit, in order, at most `limit`. It costs the same at any length
 * of the log, whatever the combination (bench/list-events.ts):
 *
 * - A correlation or request id has few events; they are read in order and the rest of the filter is looked at.
 * - Agent, channel, event and result choose kinds (channel, event, result), of which there are as many as the code has
 *   names for. Which ones there are is read by skipping through the index; each is in the order of numbers there, so the
 *   first of each, merged, are the page. One index that began with, say, the result would be read to its end where the
 *   events of another channel were wanted.
 *
 * @returns null where nothing can fit
 */
export async function selectNumbers(
  pool: pg.Pool,
  orgId: string,
  filter: EventFilter,
  page: { limit: number; ascending: boolean },
): Promise<{ sql: string; values: unknown[] } | null> {
  const range = await numberRange(pool, orgId, filter);
  if (range === null) return null;
  const values: unknown[] = [orgId];
  const param = (value: unknown) => `$${values.push(value)}`;
  const when = (value: unknown, condition: (param: string) => string) =>
    value === undefined ? [] : [condition(param(value))];

  const agent = when(filter.agentId, (id) => `s.agent_id = ${id}`);
  const kind = [
    ...when(filter.channel, (channel) => `channel = ${channel}`),
    ...when(filter.event, (event) => `event = ${event}`),
    ...when(filter.events, (events) => `event = ANY (${events}::text[])`),
    ...when(filter.result, (result) => `result = ${result}`),
  ];
  const kindOf = (table: string) => kind.map((condition) => `${table}.${condition}`);
  const place = [
    ...when(filter.correlationId, (id) => `s.correlation_id = ${id}`),
    ...when(filter.requestId, (id) => `s.request_id = ${id}`),
    ...when(range.first, (seq) => `s.seq >= ${seq}`),
    ...when(range.end, (seq) => `s.seq < ${seq}`),
    ...when(filter.after, (ts) => `s.ts > ${ts}`),
    ...when(filter.before, (ts) => `s.ts < ${ts}`),
  ];
  const order = `ORDER BY s.seq ${page.ascending ? "ASC" : "DESC"} LIMIT ${param(page.limit)}`;
  const numbers = (conditions: string[]) =>
    `SELECT s.seq FROM event_sequence s WHERE ${["s.org_id = $1", ...conditions].join(" AND ")} ${order}`;

  const isShort = filter.correlationId !== undefined || filter.requestId !== undefined;
  if (isShort || agent.length + kind.length === 0) {
    return { sql: numbers([...agent, ...kindOf("s"), ...place]), values };
  }
  const sameKind = "s.channel = kind.channel AND s.event = kind.event AND s.result = kind.result";
  const wanted = kind.length === 0 ? "" : `WHERE ${kindOf("kind").join(" AND ")}`;
  return {
    sql: `WITH RECURSIVE ${kindsOf(["s.org_id = $1", ...agent])}
      SELECT s.seq FROM kind CROSS JOIN LATERAL (${numbers([...agent, sameKind, ...place])}) s ${wanted} ${order}`,
    values,
  };
}

/** The kinds that there are, as the table `kind`: from each the index is asked for the next. */
function kindsOf(conditions: string[]): string {
  const next = (after: string) => `(
    SELECT s.channel, s.event, s.result FROM event_sequence s WHERE ${conditions.join(" AND ")} ${after}
    ORDER BY s.channel, s.event, s.result LIMIT 1)`;
  return `kind AS (
    ${next("")}
    UNION ALL
    SELECT n.* FROM kind k CROSS JOIN LATERAL
      ${next("AND (s.channel, s.event, s.result) > (k.channel, k.event, k.result)")} n
  )`;
}

export type NumberRange = { first: number | undefined; end: number | undefined };

/** Between which numbers the events of a filter are: from `first`, below `end`. null where there are none. */
export async function numberRange(pool: pg.Pool, orgId: string, filter: EventFilter): Promise<NumberRange | null> {
  const first = filter.afterSeq === undefined ? undefined : filter.afterSeq + 1;
  const end = filter.beforeSeq;
  if (filter.after === undefined && filter.before === undefined) return { first, end };
  const { rows } = await pool.query<{ first: string | null; last: string | null }>({
    name: "event-span",
    text: `SELECT
        (SELECT chunk FROM event_span WHERE org_id = $1 AND last_ts > $2 ORDER BY chunk LIMIT 1) AS first,
        (SELECT chunk FROM event_span WHERE org_id = $1 AND first_ts < $3 ORDER BY chunk DESC LIMIT 1) AS last`,
    values: [orgId, filter.after ?? "-infinity", filter.before ?? "infinity"],
  });
  const chunks = rows[0];
  if (!chunks || chunks.first === null || chunks.last === null) return null;
  return {
    first: Math.max(first ?? 0, Number(chunks.first) * CHUNK),
    end: Math.min(end ?? Number.MAX_SAFE_INTEGER, (Number(chunks.last) + 1) * CHUNK),
  };
}
