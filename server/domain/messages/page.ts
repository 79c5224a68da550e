import { ID_PATTERN } from "#server/platform/ids.ts";
import { type Context, orgOf } from "../context.ts";
import { decodeCursor, type Page, toPage } from "../pagination.ts";
import { attachmentsOf } from "./attachments.ts";
import type { MessageFilter } from "./conditions.ts";
import { queryMessages } from "./query.ts";
import { type Message, type StoredMessage, toMessage } from "./schemas.ts";

/** One page of messages, whole, newest first. VALIDATION_ERROR for a cursor that is not of such a list. */
export async function pageOfMessages(
  ctx: Context,
  filter: MessageFilter,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<Message>> {
  const before = decodeCursor(page.cursor, ID_PATTERN);
  const rows = await queryMessages(ctx.services.db.pool, orgOf(ctx), filter, { limit: page.limit + 1, before });
  const { items, pagination } = toPage(
    rows,
    page.limit,
    (row) => row.id,
    (row) => row,
  );
  return { items: await presentMessages(ctx, items), pagination };
}

/** Messages as the API answers them, with their attachments, which are read in one query. */
export async function presentMessages(ctx: Context, rows: readonly StoredMessage[]): Promise<Message[]> {
  const attachments = await attachmentsOf(
    ctx,
    rows.map((row) => row.id),
  );
  return rows.map((row) => toMessage(row, attachments.get(row.id) ?? [], ctx.services.config.publicUrl));
}
