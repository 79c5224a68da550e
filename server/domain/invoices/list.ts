import { ID_PATTERN } from "#server/platform/ids.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { decodeCursor, PageInput, toPage } from "../pagination.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { viewInvoices } from "./get.ts";

/** The organisation's invoices, the newest first. */
export const listInvoices = verb({
  access: anyKey("billing:read"),
  effect: "read",
  input: PageInput,
  run: async (ctx, input) => {
    const db = reader(ctx);
    const before = decodeCursor(input.cursor, ID_PATTERN);
    const rows = await db.invoice.findMany({
      where: { orgId: orgOf(ctx), ...(before ? { id: { lt: before } } : {}) },
      orderBy: { id: "desc" },
      take: input.limit + 1,
    });
    const { items, pagination } = toPage(
      rows,
      input.limit,
      (row) => row.id,
      (row) => row,
    );
    // Clients of this list were promised `hasMore` beside the items.
    return { items: await viewInvoices(ctx.services, db, items), pagination, hasMore: pagination.hasMore };
  },
});
