import { z } from "zod";
import { masterKey } from "../authorise.ts";
import { eventBase } from "../context.ts";
import { DomainError } from "../errors.ts";
import { id } from "../fields.ts";
import { findInvoice, viewInvoices } from "../invoices/get.ts";
import type { Invoice } from "../invoices/schemas.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { lockInvoice, pay } from "./collect.ts";

/**
 * Marks an invoice as paid, where payments are made by hand. One that is paid stays so.
 * NOT_FOUND; CONFLICT where a provider collects, or the invoice is void.
 */
export const payInvoice = verb({
  access: masterKey("*"),
  input: z.object({ id }),
  run: (ctx, input): Promise<Invoice> =>
    inTransaction(ctx, async (tx) => {
      const { services } = ctx;
      const row = await findInvoice(ctx, tx, input.id);
      if (services.payments.collects) {
        throw new DomainError("CONFLICT", "Invoices are collected by the payment provider here.", {
          details: { payments: services.payments.name },
        });
      }
      const of = { orgId: row.orgId, invoiceId: row.id };
      const state = await lockInvoice(tx, of);
      if (state?.status === "open" || state?.status === "uncollectible")
        await pay(services, tx, of, null, eventBase(ctx));
      else if (state?.status !== "paid") {
        throw new DomainError("CONFLICT", `The invoice is ${state?.status}.`, { details: { status: state?.status } });
      }
      const [invoice] = await viewInvoices(services, tx, [row]);
      return invoice as Invoice;
    }),
});
