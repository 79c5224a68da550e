import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import type { Services } from "../context.ts";
import { emit } from "../transaction.ts";
import type { BillingPeriod } from "./period.ts";
import type { Statement } from "./statement.ts";
import { invoiceNumber } from "./words.ts";

const DAY_MS = 86_400_000;

type Draft = { orgId: string; id: string; period: BillingPeriod; timeZone: string; statement: Statement };

/**
 * Stores an invoice under the next number of the installation. Numbers have no gaps: the counter's row is held until the
 * transaction ends, and goes back with it. One over nothing is paid as it is issued.
 * The caller holds the organisation's row.
 */
export async function issueInvoice(services: Services, tx: Transaction, draft: Draft): Promise<void> {
  const { orgId, id, period, timeZone, statement } = draft;
  const { config, payments } = services;
  const now = services.clock.now();
  const { name } = await tx.organization.findUniqueOrThrow({ where: { id: orgId } });
  const account = await tx.billingAccount.findUniqueOrThrow({ where: { orgId } });
  const [counter] = await tx.$queryRaw<{ last: number }[]>`UPDATE invoice_counter SET last = last + 1 RETURNING last`;
  const number = counter?.last as number;
  const dueAt = new Date(now.getTime() + config.invoices.dueDays * DAY_MS);
  await tx.invoice.create({
    data: {
      orgId,
      id,
      number,
      month: new Date(period.month),
      periodStart: period.start,
      periodEnd: period.end,
      issuedAt: now,
      dueAt,
      timeZone,
      currency: config.currency,
      totalMicros: statement.totalMicros,
      totalCents: BigInt(statement.totalCents),
      issuer: config.invoices.issuer,
      billTo: { name: account.billingName ?? name, address: account.billingAddress, email: account.billingEmail },
    },
  });
  await tx.invoiceLine.createMany({
    data: statement.lines.map(({ month, ...line }, position) => ({
      ...line,
      orgId,
      invoiceId: id,
      position,
      month: month === null ? null : new Date(month),
    })),
  });
  const isPaid = statement.totalCents === 0;
  await tx.invoiceState.create({
    data: {
      orgId,
      invoiceId: id,
      status: isPaid ? "paid" : "open",
      paidAt: isPaid ? now : null,
      nextAttemptAt: isPaid ? null : payments.collects ? now : dueAt,
    },
  });
  await emit(
    services,
    tx,
    {
      orgId,
      channel: "billing",
      event: "billing.invoice.issued",
      result: "SUCCESS",
      actorType: "SYSTEM",
      actorId: "billing",
      resourceType: "invoice",
      resourceId: id,
      correlationId: `corr_${newId()}`,
      data: {
        number: invoiceNumber(number),
        month: period.month.slice(0, 7),
        totalMicros: Number(statement.totalMicros),
      },
      personal: { detail: invoiceNumber(number) },
    },
    isPaid ? null : { task: "mail-invoice", payload: { orgId, invoiceId: id, about: "issued", failures: 0 } },
  );
}
