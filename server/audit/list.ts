import type pg from "pg";
import { type EventRecord, type JsonObject, parseRecord } from "./record.ts";
import { type EventFilter, selectNumbers } from "./select.ts";
import { sequencePending } from "./sequencer.ts";

/** An event as the API and the console show it. */
export type EventView = Omit<EventRecord, "v" | "orgId" | "private"> & { seq: number; detail: string | null };

type EventRow = { seq: string; record: string | null; private_data: string | null };

// The record may be gone (retention); its number and leaf hash never are.
const SELECT = `SELECT s.seq, e.record, p.data AS private_data
  FROM event_sequence s
  LEFT JOIN event e ON e.org_id = s.org_id AND e.id = s.event_id AND e.ts = s.ts
  LEFT JOIN event_private p ON p.org_id = s.org_id AND p.event_id = s.event_id AND p.ts = s.ts`;

/** None where the record is gone. */
function toView(row: EventRow): EventView[] {
  if (row.record === null) return [];
  const { v: _v, orgId: _orgId, private: _private, ...event } = parseRecord(row.record);
  const { detail, ...personal } = (row.private_data ? JSON.parse(row.private_data) : {}) as JsonObject & {
    detail?: string;
  };
  return [{ ...event, seq: Number(row.seq), detail: detail ?? null, data: { ...event.data, ...personal } }];
}

/** Where a page of a list begins, and how much of it there is. A chain reads forward, anything else newest first. */
export type EventPage = {
  limit: number;
  /** The number of the last event of the page before. */
  cursor?: number | undefined;
  order?: "asc" | "desc" | undefined;
};

/** One page of an organisation's events by number. Everything that was answered before the call is in it. */
export async function listEvents(
  pool: pg.Pool,
  orgId: string,
  filter: EventFilter,
  page: EventPage,
): Promise<{ items: EventView[]; nextCursor: number | null }> {
  await sequencePending(pool, orgId);
  return readEvents(pool, orgId, filter, page);
}

/** The same of what has a number already. */
export async function readEvents(
  pool: pg.Pool,
  orgId: string,
  filter: EventFilter,
  page: EventPage,
): Promise<{ items: EventView[]; nextCursor: number | null }> {
  const ascending = isAscending(filter, page);
  const { cursor, limit } = page;
  const { afterSeq = -1, beforeSeq = Number.MAX_SAFE_INTEGER } = filter;
  const rest: EventFilter =
    cursor === undefined
      ? filter
      : ascending
        ? { ...filter, afterSeq: Math.max(afterSeq, cursor) }
        : { ...filter, beforeSeq: Math.min(beforeSeq, cursor) };
  const numbers = await selectNumbers(pool, orgId, rest, { limit: limit + 1, ascending });
  if (numbers === null) return { items: [], nextCursor: null };
  const { rows } = await pool.query<EventRow>(
    `${SELECT} WHERE s.org_id = $1 AND s.seq = ANY (ARRAY(${numbers.sql})) ORDER BY s.seq ${ascending ? "ASC" : "DESC"}`,
    numbers.values,
  );
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.flatMap(toView), nextCursor: last ? Number(last.seq) : null };
}

/** Whether a list begins with the oldest event. */
export function isAscending(filter: EventFilter, page: Pick<EventPage, "order">): boolean {
  return (page.order ?? (filter.correlationId === undefined ? "desc" : "asc")) === "asc";
}

/** Events of an organisation with numbers greater than `seq`, in order. */
export async function readEventsAfter(pool: pg.Pool, orgId: string, seq: number, limit: number): Promise<EventView[]> {
  const { rows } = await pool.query<EventRow>({
    name: "events-after",
    text: `${SELECT} WHERE s.org_id = $1 AND s.seq > $2 AND e.record IS NOT NULL ORDER BY s.seq LIMIT $3`,
    values: [orgId, seq, limit],
  });
  return rows.flatMap(toView);
}

/** Events of an organisation by their numbers, in order. */
export async function findNumbered(pool: pg.Pool, orgId: string, seqs: readonly string[]): Promise<EventView[]> {
  const { rows } = await pool.query<EventRow>({
    name: "events-of-numbers",
    text: `${SELECT} WHERE s.org_id = $1 AND s.seq = ANY($2::bigint[]) ORDER BY s.seq`,
    values: [orgId, seqs],
  });
  return rows.flatMap(toView);
}

/** Events of an organisation by their ids, in order. What was answered before the call is found. */
export async function findEvents(pool: pg.Pool, orgId: string, ids: string[]): Promise<EventView[]> {
  await sequencePending(pool, orgId);
  const { rows } = await pool.query<EventRow>({
    name: "events-by-id",
    text: `${SELECT} WHERE s.org_id = $1 AND s.event_id = ANY($2::text[]) ORDER BY s.seq`,
    values: [orgId, ids],
  });
  return rows.flatMap(toView);
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
