import type pg from "pg";
import { z } from "zod";
import { invalidField } from "./errors.ts";
import { decodeCursor, encodeCursor, type Page, PageInput } from "./pagination.ts";

/** What a list can be sorted by, apart from its id. An index has the same expression, with the id after it. */
export type SortKey<Row> = {
  /** Where a row has the value: text, or an instant that may be missing. */
  field: keyof Row & string;
  kind: "text" | "instant";
  /** The SQL of the key, of the column or of a parameter that holds the value. */
  sql: (operand: string) => string;
  column: string;
};

/** A list in one of its orders. The SQL calls the table `t`; $1 is the organisation. */
export type SortedList<Row> = {
  table: string;
  columns: string;
  /** Conditions that exclude each other: each is read by its own index, in order, and the results are merged. */
  parts: readonly string[];
  /** Narrow further; $2 and so on. */
  conditions?: readonly string[];
  values?: readonly unknown[];
  /** By name as clients say it; null: the id, which begins with the time. */
  sorts: Readonly<Record<string, SortKey<Row> | null>>;
  /** Text that occurs somewhere, as a condition on `t` and as the ids of all that have it. `?` is the LIKE pattern. */
  search?: { text: string; matches: string; ids: string } | undefined;
};

export type Order = "asc" | "desc";
type PageRequest = { sort: string; order: Order; limit: number; cursor?: string | undefined };
type Position = { value: string | Date | null; id: string };

/** Query members of a list that can be sorted. A name may be long, so its cursor may be. */
export const SortedPageInput = PageInput.extend({
  cursor: z.string().max(1_000).optional(),
  order: z.enum(["asc", "desc"]).optional().describe("Default: names from A, times from the newest."),
});

const CASTS = { text: "::text", instant: "::timestamptz" };

// How many rows are looked through for a text before the index is asked, which has no order. A page of a common text is
// found among them; a rare text has few rows to sort.
const WINDOW = 2_000;

/**
 * One page of a list, read by key: it costs the same wherever the page begins, however long the list is.
 * VALIDATION_ERROR (cursor) for a cursor of another list or order.
 */
export async function sortedPage<Row extends { id: string }>(
  pool: pg.Pool,
  orgId: string,
  list: SortedList<Row>,
  page: PageRequest,
): Promise<Page<Row>> {
  const key = list.sorts[page.sort] ?? null;
  const after = readPosition(page, key);
  const values: unknown[] = [orgId, ...(list.values ?? [])];
  const conditions = ["t.org_id = $1", ...(list.conditions ?? [])];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const keyOf = (table: string) => (key ? [key.sql(`${table}.${key.column}`), `${table}.id`] : [`${table}.id`]);
  const inOrder = (table: string, limit: number) => {
    const directed = keyOf(table).map((sql) => `${sql} ${page.order}`);
    return `ORDER BY ${directed.join(", ")} LIMIT ${limit}`;
  };
  if (after) {
    const bound = key
      ? [key.sql(parameter(after.value) + CASTS[key.kind]), parameter(after.id)]
      : [parameter(after.id)];
    conditions.push(`(${keyOf("t").join(", ")}) ${page.order === "asc" ? ">" : "<"} (${bound.join(", ")})`);
  }
  const first = (limit: number) => {
    const part = (own: string) =>
      `(SELECT * FROM ${list.table} t WHERE ${[...conditions, own].join(" AND ")} ${inOrder("t", limit)})`;
    return `(SELECT * FROM (${list.parts.map(part).join(" UNION ALL ")}) AS part ${inOrder("part", limit)})`;
  };
  const wanted = page.limit + 1;
  const final = inOrder("t", wanted);
  const select = async (sql: string) => (await pool.query<Row>(sql, values)).rows;

  if (!list.search) return cut(await select(`SELECT ${list.columns} FROM ${first(wanted)} t ${final}`), page, key);
  const pattern = `lower(${parameter(likePattern(list.search.text))})`;
  const matches = list.search.matches.replaceAll("?", pattern);
  const near = await select(`SELECT ${list.columns} FROM ${first(WINDOW)} t WHERE ${matches} ${final}`);
  if (near.length === wanted) return cut(near, page, key);
  // Materialised, so that reading along the order is no choice: PostgreSQL guesses wrongly how soon a rare text comes.
  const found = await select(`WITH found AS MATERIALIZED (${list.search.ids.replaceAll("?", pattern)}),
    t AS MATERIALIZED (SELECT t.* FROM found JOIN ${list.table} t ON t.org_id = $1 AND t.id = found.id
      WHERE ${conditions.join(" AND ")} AND (${list.parts.join(" OR ")}))
    SELECT ${list.columns} FROM t ${final}`);
  return cut(found, page, key);
}

function cut<Row extends { id: string }>(rows: Row[], page: PageRequest, key: SortKey<Row> | null): Page<Row> {
  const items = rows.slice(0, page.limit);
  const last = items.at(-1);
  if (rows.length <= page.limit || !last) return { items, pagination: { nextCursor: null, hasMore: false } };
  const value = key ? last[key.field] : null;
  const text = value instanceof Date ? value.toISOString() : value;
  const nextCursor = encodeCursor(JSON.stringify([page.sort, page.order, text, last.id]));
  return { items, pagination: { nextCursor, hasMore: true } };
}

const CursorParts = z.tuple([
  z.string(),
  z.enum(["asc", "desc"]),
  // What the database could not compare would be an error of ours.
  z
    .string()
    .regex(/^[^\p{Cc}]*$/u)
    .nullable(),
  z.string().max(64),
]);

const ISO = z.iso.datetime({ precision: 3 });

function readPosition<Row>(page: PageRequest, key: SortKey<Row> | null): Position | null {
  const text = decodeCursor(page.cursor, /^\[.*\]$/s);
  if (text === undefined) return null;
  const parts = CursorParts.safeParse(parseJson(text));
  if (!parts.success) throw notACursor();
  const [sort, order, value, id] = parts.data;
  if (sort !== page.sort || order !== page.order) {
    const own = `sort=${sort}, order=${order}`;
    throw invalidField("cursor", `is of the order ${own}; ask for that order, or begin this one without a cursor.`);
  }
  if (key?.kind === "text" ? value === null : value !== null && !(key && ISO.safeParse(value).success)) {
    throw notACursor();
  }
  return { value: key?.kind === "instant" && value !== null ? new Date(value) : value, id };
}

function notACursor() {
  return invalidField("cursor", "is not a cursor of this list; use pagination.nextCursor of the page before, or none.");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A pattern for what has the text somewhere in it, with nothing in the text meaning anything else. */
function likePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
}
