import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { id } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findInvoice } from "./get.ts";
import { invoiceNumber } from "./words.ts";

export type InvoicePdf = { filename: string; content: Buffer };

/** An invoice as a PDF document. NOT_FOUND for one that the organisation does not have. */
export const getInvoicePdf = verb({
  access: anyKey("billing:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<InvoicePdf> => {
    const db = reader(ctx);
    const row = await findInvoice(ctx, db, input.id);
    const key = { orgId: row.orgId, invoiceId: row.id };
    const lines = await db.invoiceLine.findMany({ where: key, orderBy: { position: "asc" } });
    const state = await db.invoiceState.findUnique({ where: { orgId_invoiceId: key } });
    // Loaded with the first document: most processes never make one.
    const { renderInvoice } = await import("./pdf.ts");
    const content = await renderInvoice(row, lines, {
      status: state?.status ?? "open",
      at: state?.paidAt ?? state?.closedAt ?? null,
    });
    return { filename: `invoice-${invoiceNumber(row.number)}.pdf`, content };
  },
});
