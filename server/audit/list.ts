import type pg from "pg";
import { type EventRecord, type JsonObject, parseRecord } from "./record.ts";
import { sequencePending } from "./sequencer.ts";

/** An event as the API and the console show it. */
export type EventView = Omit<EventRecord, "v" | "orgId" | "private"> & { seq: number; detail: string | null };

export type EventFilter = {
  correlationId?: string | undefined;
  requestId?: string | undefined;
  agentId?: string | undefined;
  channel?: string | undefined;
  event?: string | undefined;
  result?: string | undefined;
  /** Later than this instant. */
  after?: Date | undefined;
  /** Earlier than this instant. */
  before?: Date | undefined;
};

type EventRow = { seq: string; record: string | null; private_data: string | null };

// The record may be gone (retention); its number and leaf hash never are.
const SELECT = `SELECT s.seq, e.record, p.data AS private_data
  FROM event_sequence s
  JOIN event e ON e.org_id = s.org_id AND e.id = s.event_id AND e.ts = s.ts
  LEFT JOIN event_private p ON p.org_id = s.org_id AND p.event_id = s.event_id AND p.ts = s.ts`;

function toView(row: EventRow): EventView {
  const { v: _v, orgId: _orgId, private: _private, ...event } = parseRecord(row.record as string);
  const { detail, ...personal } = (row.private_data ? JSON.parse(row.private_data) : {}) as JsonObject & {
    detail?: string;
  };
  return { ...event, seq: Number(row.seq), detail: detail ?? null, data: { ...event.data, ...personal } };
}

/**
 * One page of an organisation's events by number: a chain reads forward, anything else newest first.
 * Everything that was answered before the call is in it.
 *
 * @param cursor the number of the last event of the page before
 */
export async function listEvents(
  pool: pg.Pool,
  orgId: string,
  filter: EventFilter,
  page: { limit: number; cursor?: number | undefined; order?: "asc" | "desc" | undefined },
): Promise<{ items: EventView[]; nextCursor: number | null }> {
  await sequencePending(pool, orgId);
  const ascending = (page.order ?? (filter.correlationId === undefined ? "desc" : "asc")) === "asc";
  const values: unknown[] = [orgId];
  const conditions = ["s.org_id = $1"];
  const where = (sql: string, value: unknown) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(sql.replace("?", `$${values.length}`));
  };
  where("s.correlation_id = ?", filter.correlationId);
  where("s.request_id = ?", filter.requestId);
  where("s.agent_id = ?", filter.agentId);
  where("s.channel = ?", filter.channel);
  where("s.event = ?", filter.event);
  where("s.result = ?", filter.result);
  where("s.ts > ?", filter.after);
  where("s.ts < ?", filter.before);
  where(ascending ? "s.seq > ?" : "s.seq < ?", page.cursor);
  values.push(page.limit + 1);
  const { rows } = await pool.query<EventRow>(
    `${SELECT} WHERE ${conditions.join(" AND ")} ORDER BY s.seq ${ascending ? "ASC" : "DESC"} LIMIT $${values.length}`,
    values,
  );
  const items = rows.slice(0, page.limit).map(toView);
  return { items, nextCursor: rows.length > page.limit ? (items.at(-1)?.seq ?? null) : null };
}

/** Events of an organisation with numbers greater than `seq`, in order. */
export async function readEventsAfter(pool: pg.Pool, orgId: string, seq: number, limit: number): Promise<EventView[]> {
  const { rows } = await pool.query<EventRow>({
    name: "events-after",
    text: `${SELECT} WHERE s.org_id = $1 AND s.seq > $2 ORDER BY s.seq LIMIT $3`,
    values: [orgId, seq, limit],
  });
  return rows.map(toView);
}

/** How many events of the organisation have a number: the number that the next one will have. */
export async function logSize(pool: pg.Pool, orgId: string): Promise<number> {
  const { rows } = await pool.query<{ size: string }>({
    name: "log-size",
    text: "SELECT size FROM event_tree WHERE org_id = $1",
    values: [orgId],
  });
  return Number(rows[0]?.size ?? 0);
}
