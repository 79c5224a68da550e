import { ownersOf } from "#server/domain/billing/owners.ts";
import type { Services } from "#server/domain/context.ts";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { dayIn, formatMicros, invoiceNumber } from "#server/domain/invoices/words.ts";
import { sendSystemMail } from "./system-mail.ts";

type About = "issued" | "failed" | "blocked";
type Job = { orgId: string; invoiceId: string; about: About; failures: number };

/**
 * Tells the owners, and the address for bills, what has become of an invoice that is still open. Rejects when a mail was
 * not taken: the queue tries again, with the same Message-ID.
 */
export async function mailInvoice(services: Services, gateway: MailGateway, job: Job): Promise<void> {
  const { prisma } = services.db;
  const { orgId, invoiceId, about, failures } = job;
  const invoice = await prisma.invoice.findUniqueOrThrow({ where: { orgId_id: { orgId, id: invoiceId } } });
  const state = await prisma.invoiceState.findUniqueOrThrow({ where: { orgId_invoiceId: { orgId, invoiceId } } });
  if (state.status !== "open") return;
  const { billingEmail } = await prisma.billingAccount.findUniqueOrThrow({ where: { orgId } });
  const to = new Set([...(await ownersOf(services, orgId)), ...(billingEmail ? [billingEmail.toLowerCase()] : [])]);
  const number = invoiceNumber(invoice.number);
  const amount = formatMicros(invoice.totalCents * 10_000n, invoice.currency);
  const due = dayIn(invoice.dueAt, invoice.timeZone);
  const next = state.nextAttemptAt ? dayIn(state.nextAttemptAt, invoice.timeZone) : null;
  for (const [index, address] of [...to].entries()) {
    const outcome = await sendSystemMail(services, gateway, {
      id: `${invoiceId}.${about}.${failures}.${index}`,
      date: services.clock.now(),
      to: address,
      subject: SUBJECTS[about](number),
      text: `${textOf(services, { about, number, amount, due, next })}\n\n${services.config.publicUrl}/billing\n`,
      correlationId: `corr_${invoiceId}`,
    });
    if (!outcome) services.log.warn({ orgId }, "an invoice was not mailed: SMTP_RELAY_URL is not set");
  }
}

const SUBJECTS: Record<About, (number: string) => string> = {
  issued: (number) => `Invoice ${number}`,
  failed: (number) => `Invoice ${number} is not paid`,
  blocked: (number) => `Invoice ${number} is overdue: only what the plan includes is accepted`,
};

type Facts = { about: About; number: string; amount: string; due: string; next: string | null };

function textOf({ payments, config }: Services, { about, number, amount, due, next }: Facts): string {
  const { blockDays } = config.dunning;
  if (about === "issued") {
    const how = payments.collects
      ? "It is collected from the means of payment of the organisation."
      : `It is due on ${due}.`;
    return `Invoice ${number} over ${amount} was issued. ${how}`;
  }
  if (about === "blocked") {
    return `Invoice ${number} over ${amount} is still not paid. From now on what an agent sends or calls beyond what the plan includes is refused. Inbound mail and messages go on. Paying the invoice lifts it at once.`;
  }
  const then = next === null ? "" : ` The next step is on ${next}.`;
  const what = payments.collects ? "could not be collected" : "is not paid yet";
  return `Invoice ${number} over ${amount} ${what}.${then} ${blockDays} days after the first failure, nothing beyond what the plan includes is accepted until it is paid.`;
}
