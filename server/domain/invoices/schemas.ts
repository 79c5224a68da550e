import { z } from "zod";
import type { Config } from "#server/platform/config.ts";
import type {
  InvoiceLine as LineRow,
  Invoice as Row,
  InvoiceState as StateRow,
} from "#server/platform/generated/client.ts";
import { invoiceNumber, monthName } from "./words.ts";

export const INVOICE_STATUSES = ["draft", "open", "paid", "uncollectible", "void"] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

const Line = z.object({
  meter: z.string().nullable().describe("null: the plan's price, or an amount that is carried over"),
  description: z.string(),
  quantity: z.int(),
  included: z.int().nullable().describe("Units that the plan's price covers; null: all of them, or none of that kind"),
  billable: z.int(),
  unitMicros: z.int(),
  amountMicros: z.int().describe("billable times unitMicros"),
});

export const Invoice = z
  .object({
    id: z.string(),
    number: z.string(),
    status: z.enum(INVOICE_STATUSES),
    periodStart: z.string(),
    periodEnd: z.string().describe("The first instant that is no longer part of it"),
    timeZone: z.string().describe("Whose month it is"),
    issuedAt: z.string(),
    dueAt: z.string(),
    paidAt: z.string().nullable(),
    closedAt: z.string().nullable().describe("When whoever runs the server settled it: void, uncollectible, or paid"),
    closedReason: z.string().nullable(),
    currency: z.string().describe("ISO 4217"),
    subtotalMicros: z.int().describe("The sum of the lines: 1,000,000 are one unit of the currency"),
    totalMicros: z.int().describe("The same: there are no taxes"),
    totalCents: z.int().describe("What is charged: a started cent counts"),
    lines: z.array(Line),
    billTo: z.object({ name: z.string(), address: z.string().nullable(), email: z.string().nullable() }),
    pdfUrl: z.string(),
    date: z.string().describe("The same as issuedAt, by the name that existing clients read"),
    amountPaid: z.int().describe("Cents"),
    description: z.string(),
    hostedUrl: z.null().describe("Always null; existing clients expect the member."),
  })
  .meta({ id: "Invoice" });
export type Invoice = z.infer<typeof Invoice>;

/** An invoice as the API answers it. */
export function toInvoice(config: Config, row: Row, state: StateRow | null, lines: LineRow[]): Invoice {
  const status = (state?.status ?? "open") as InvoiceStatus;
  const totalCents = Number(row.totalCents);
  return {
    id: row.id,
    number: invoiceNumber(row.number),
    status,
    periodStart: row.periodStart.toISOString(),
    periodEnd: row.periodEnd.toISOString(),
    timeZone: row.timeZone,
    issuedAt: row.issuedAt.toISOString(),
    dueAt: row.dueAt.toISOString(),
    paidAt: state?.paidAt?.toISOString() ?? null,
    closedAt: state?.closedAt?.toISOString() ?? null,
    closedReason: state?.closedReason ?? null,
    currency: row.currency,
    subtotalMicros: Number(row.totalMicros),
    totalMicros: Number(row.totalMicros),
    totalCents,
    lines: lines.map(({ meter, description, quantity, included, billable, unitMicros, amountMicros }) => ({
      meter,
      description,
      quantity: Number(quantity),
      included: included === null ? null : Number(included),
      billable: Number(billable),
      unitMicros: Number(unitMicros),
      amountMicros: Number(amountMicros),
    })),
    billTo: row.billTo as Invoice["billTo"],
    pdfUrl: `${config.publicUrl}/v1/billing/invoices/${row.id}/pdf`,
    date: row.issuedAt.toISOString(),
    amountPaid: status === "paid" ? totalCents : 0,
    description: `Plan and usage of ${monthName(row.month.toISOString().slice(0, 10))}`,
    hostedUrl: null,
  };
}
