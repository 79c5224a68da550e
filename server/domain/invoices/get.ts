import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { Invoice as Row } from "#server/platform/generated/client.ts";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf, type Services } from "../context.ts";
import { notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { type Invoice, toInvoice } from "./schemas.ts";

/** An invoice with its lines. NOT_FOUND for one that the organisation does not have. */
export const getInvoice = verb({
  access: anyKey("billing:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<Invoice> => {
    const db = reader(ctx);
    const row = await findInvoice(ctx, db, input.id);
    const [invoice] = await viewInvoices(ctx.services, db, [row]);
    return invoice as Invoice;
  },
});

export async function findInvoice(ctx: Context, db: Transaction, invoiceId: string): Promise<Row> {
  const row = await db.invoice.findUnique({ where: { orgId_id: { orgId: orgOf(ctx), id: invoiceId } } });
  if (!row) throw notFound("invoice");
  return row;
}

/** Invoices of one organisation as the API answers them: in two queries, however many they are. */
export async function viewInvoices(services: Services, db: Transaction, rows: Row[]): Promise<Invoice[]> {
  const [first] = rows;
  if (!first) return [];
  const where = { orgId: first.orgId, invoiceId: { in: rows.map((row) => row.id) } };
  const states = await db.invoiceState.findMany({ where });
  const lines = await db.invoiceLine.findMany({ where, orderBy: { position: "asc" } });
  return rows.map((row) =>
    toInvoice(
      services.config,
      row,
      states.find(({ invoiceId }) => invoiceId === row.id) ?? null,
      lines.filter(({ invoiceId }) => invoiceId === row.id),
    ),
  );
}
