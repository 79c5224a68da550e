import type { AuditEvent } from "#server/domain/events/schemas.ts";

/** How many events are kept in memory at most. */
export const KEPT = 10_000;

/**
 * The events of the live view, newest first. While somebody reads (`held`), what arrives waits: nothing moves under
 * their eyes.
 */
export type Rows = {
  events: AuditEvent[];
  held: boolean;
  waiting: AuditEvent[];
  /** Also of those that were too many to be kept. */
  waitingCount: number;
  /** Whether the log has older ones that fit. */
  hasOlder: boolean;
};

export type RowsAction =
  /** Oldest first, as they came. */
  | { kind: "arrived"; events: AuditEvent[] }
  | { kind: "held"; held: boolean }
  /** The newest page of the list, newest first. */
  | { kind: "listed"; events: AuditEvent[]; hasMore: boolean }
  /** A page that goes on after the oldest. */
  | { kind: "older"; events: AuditEvent[]; hasMore: boolean };

export function firstRows(events: AuditEvent[], hasMore: boolean): Rows {
  return { events, held: false, waiting: [], waitingCount: 0, hasOlder: hasMore };
}

export function changeRows(rows: Rows, action: RowsAction): Rows {
  switch (action.kind) {
    case "arrived":
      return arrive(rows, action.events);
    case "held":
      if (action.held || rows.waiting.length === 0) return { ...rows, held: action.held };
      return { ...keep(rows, [...rows.waiting, ...rows.events]), held: false, waiting: [], waitingCount: 0 };
    case "listed":
      return list(rows, action.events, action.hasMore);
    case "older": {
      const oldest = rows.events.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
      const older = action.events.filter(({ seq }) => seq < oldest);
      return keep({ ...rows, hasOlder: action.hasMore }, [...rows.events, ...older]);
    }
  }
}

function arrive(rows: Rows, arrived: AuditEvent[]): Rows {
  const newest = (rows.waiting[0] ?? rows.events[0])?.seq ?? -1;
  const fresh = arrived.filter(({ seq }) => seq > newest).reverse();
  if (fresh.length === 0) return rows;
  if (!rows.held) return keep(rows, [...fresh, ...rows.events]);
  return {
    ...rows,
    waiting: [...fresh, ...rows.waiting].slice(0, KEPT),
    waitingCount: rows.waitingCount + fresh.length,
  };
}

/**
 * Takes over a page that was read later than what is shown, as it is: what lies between its first and last was not all
 * seen before the view began to hear what arrives. Where it does not reach what is shown, there may be others in between.
 */
function list(rows: Rows, page: AuditEvent[], hasMore: boolean): Rows {
  const [first, last] = [page[0], page.at(-1)];
  if (!first || !last) return rows;
  const newer = rows.events.filter(({ seq }) => seq > first.seq);
  const older = rows.events.filter(({ seq }) => seq < last.seq);
  const isConnected = !hasMore || older.length < rows.events.length;
  const waiting = rows.waiting.filter(({ seq }) => seq > first.seq);
  return keep(
    {
      ...rows,
      waiting,
      waitingCount: waiting.length,
      hasOlder: isConnected && older.length > 0 ? rows.hasOlder : hasMore,
    },
    [...newer, ...page, ...(isConnected ? older : [])],
  );
}

/** Keeps the newest: what falls off the end can be read again. */
function keep(rows: Rows, events: AuditEvent[]): Rows {
  if (events.length <= KEPT) return { ...rows, events };
  return { ...rows, events: events.slice(0, KEPT), hasOlder: true };
}
