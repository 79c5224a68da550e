import { z } from "zod";
import { invalidField } from "./errors.ts";

/** Query members of every list: `limit` 1-100 (20), `cursor` from the page before. */
export const PageInput = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export type Page<Item> = { items: Item[]; pagination: { nextCursor: string | null; hasMore: boolean } };

/**
 * Cuts a page out of `limit + 1` rows. Lists are read by key, never by count or offset, so a page costs the same at a
 * million rows.
 */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return {
    items: shown.map(toItem),
    pagination: { nextCursor: hasMore ? encodeCursor(keyOf(last)) : null, hasMore },
  };
}

/** Makes a cursor of the key of a page's last row. It is opaque to clients, not secret. */
export function encodeCursor(key: string): string {
  return Buffer.from(key).toString("base64url");
}

/** Reads a cursor of ours. VALIDATION_ERROR when it is not one: a bad cursor must not look like an empty page. */
export function decodeCursor(cursor: string | undefined, pattern: RegExp): string | undefined {
  if (cursor === undefined || cursor === "") return undefined;
  const key = Buffer.from(cursor, "base64url").toString();
  if (encodeCursor(key) !== cursor || !pattern.test(key)) {
    throw invalidField(
      "cursor",
      "is not a cursor of this list; use pagination.nextCursor of the page before, or none.",
    );
  }
  return key;
}
