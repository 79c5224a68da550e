import { newId } from "#server/platform/ids.ts";
import type { Services } from "../context.ts";
import { DomainError, invalidField, notFound } from "../errors.ts";
import { emit, openTransaction } from "../transaction.ts";
import { allowOverage, lockInvoice, MISMATCH, pay } from "./collect.ts";

export const SETTLEMENTS = ["paid", "void", "uncollectible"] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

/** `INV-000017` or `17` */
const NUMBER = /^(?:INV-)?0*([1-9]\d{0,8})$/i;

/**
 * What whoever runs the server decides of an invoice; not a verb, since no key of an organisation may. Its caller is
 * scripts/invoice.ts.
 * void: nothing is owed. What it has billed is not billed again, and what earlier invoices have left to it goes to
 * the next one. uncollectible: it is owed, and no longer tried; overage that was blocked for it stays so until it is paid.
 * VALIDATION_ERROR (number, reason), NOT_FOUND, CONFLICT for one that is paid or void, or whose payment is under way.
 *
 * @returns the invoice's organisation
 */
export async function settleInvoice(
  services: Services,
  { number, settlement, reason }: { number: string; settlement: Settlement; reason: string },
): Promise<{ orgId: string; invoiceId: string }> {
  const digits = NUMBER.exec(number.trim())?.[1];
  if (digits === undefined) throw invalidField("number", "must be an invoice's number, such as INV-000017.");
  if (!/^[^\p{Cc}]{3,200}$/u.test(reason.trim())) {
    throw invalidField("reason", "say why in 3 to 200 characters: the organisation reads it.");
  }
  const invoice = await services.db.prisma.invoice.findUnique({ where: { number: Number(digits) } });
  if (!invoice) throw notFound("invoice");
  const of = { orgId: invoice.orgId, invoiceId: invoice.id };
  await openTransaction(services, async (tx) => {
    const state = await lockInvoice(tx, of);
    if (state?.status === settlement) return;
    if (state?.status !== "open" && state?.status !== "uncollectible") {
      throw new DomainError("CONFLICT", `The invoice is ${state?.status}.`, { details: { status: state?.status } });
    }
    if (state.paymentId !== null && state.failure !== MISMATCH) {
      throw new DomainError("CONFLICT", "A payment of the invoice is under way: wait for it.", {
        details: { paymentId: state.paymentId },
      });
    }
    const actor = { actorType: "SYSTEM" as const, actorId: "operator", correlationId: `corr_${newId()}` };
    const closed = { closedAt: services.clock.now(), closedReason: reason.trim() };
    const data = settlement === "paid" ? closed : { ...closed, status: settlement, nextAttemptAt: null };
    await tx.invoiceState.update({ where: { orgId_invoiceId: of }, data });
    if (settlement === "paid") return pay(services, tx, of, state.paymentId, actor);
    await emit(services, tx, {
      ...actor,
      orgId: of.orgId,
      channel: "billing",
      event: settlement === "void" ? "billing.invoice.voided" : "billing.invoice.uncollectible",
      result: "SUCCESS",
      resourceType: "invoice",
      resourceId: of.invoiceId,
      personal: { detail: reason.trim() },
    });
    if (settlement === "void") await allowOverage(services, tx, of, actor);
  });
  return of;
}
