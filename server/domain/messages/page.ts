import { ID_PATTERN } from "#server/platform/ids.ts";
import { type Context, orgOf } from "../context.ts";
import { decodeCursor, encodeCursor, type Page } from "../pagination.ts";
import { attachmentsOf } from "./attachments.ts";
import type { MessageFilter } from "./conditions.ts";
import { findMessages, readNewest } from "./query.ts";
import { type Message, type StoredMessage, toMessage } from "./schemas.ts";

/**
 * One page of messages, whole, newest first. It is shorter than asked for where its messages are very long, and then says
 * that it goes on. VALIDATION_ERROR for a cursor that is not of such a list.
 */
export async function pageOfMessages(
  ctx: Context,
  filter: MessageFilter,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<Message>> {
  const before = decodeCursor(page.cursor, ID_PATTERN);
  const { pool } = ctx.services.db;
  const ids = await findMessages(pool, orgOf(ctx), filter, { limit: page.limit + 1, before });
  const rows = await readNewest(pool, orgOf(ctx), ids.slice(0, page.limit));
  const last = rows.at(-1);
  const hasMore = last !== undefined && rows.length < ids.length;
  const pagination = { nextCursor: hasMore ? encodeCursor(last.id) : null, hasMore };
  return { items: await presentMessages(ctx, rows), pagination };
}

/** Messages as the API answers them, with their attachments, which are read in one query. */
export async function presentMessages(ctx: Context, rows: readonly StoredMessage[]): Promise<Message[]> {
  const attachments = await attachmentsOf(
    ctx,
    rows.map((row) => row.id),
  );
  return rows.map((row) => toMessage(row, attachments.get(row.id) ?? [], ctx.services.config.publicUrl));
}
