import type { Transaction } from "#server/platform/database.ts";
import type { InvoiceState } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import { applyPlan } from "../billing/budgets.ts";
import type { Services } from "../context.ts";
import { invoiceNumber } from "../invoices/words.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, openTransaction } from "../transaction.ts";
import { nextStep } from "./dunning.ts";
import type { Charge } from "./provider.ts";

const BATCH = 100;
const DAY_MS = 86_400_000;

type Of = { orgId: string; invoiceId: string };
type Actor = { actorType: "SYSTEM" | "USER" | "API_KEY" | "AGENT"; actorId: string; correlationId: string };

/**
 * Takes the next step with every open invoice for which it is due: collects it, reminds of it, or blocks overage; the
 * regular task. May run twice or at the same time: a try has a number, and counts once.
 * Rejects at the end where the provider did not answer for one; it is tried again with the same number.
 */
export async function collectInvoices(services: Services): Promise<void> {
  const failed: unknown[] = [];
  let last: Of = { orgId: "", invoiceId: "" };
  for (;;) {
    const { rows } = await services.db.pool.query<Of>({
      name: "invoices-due",
      text: `SELECT org_id AS "orgId", invoice_id AS "invoiceId" FROM invoice_state
        WHERE status = 'open' AND next_attempt_at <= $1 AND (org_id, invoice_id) > ($2, $3)
        ORDER BY org_id, invoice_id LIMIT $4`,
      values: [services.clock.now(), last.orgId, last.invoiceId, BATCH],
    });
    for (const due of rows) await takeStep(services, due).catch((error) => failed.push(error));
    const end = rows.at(-1);
    if (!end || rows.length < BATCH) break;
    last = end;
  }
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} invoices could not be collected`);
}

async function takeStep(services: Services, of: Of): Promise<void> {
  const { prisma } = services.db;
  const state = await prisma.invoiceState.findUniqueOrThrow({ where: { orgId_invoiceId: of } });
  const { failures, failingSince } = state;
  if (failingSince && nextStep(services.config.dunning, failures, failingSince).step === "block") {
    return block(services, of);
  }
  const charge = await collect(services, of, state);
  await recordCharge(services, of, state.attempts + 1, charge);
}

/** Asks the provider for the money; outside of any transaction, since it may take seconds. */
async function collect(services: Services, of: Of, state: InvoiceState): Promise<Charge> {
  const { payments, db } = services;
  if (!payments.collects) return failedFor("not_paid");
  if (state.paymentId !== null) return payments.readCharge(state.paymentId);
  const { orgId, invoiceId } = of;
  const { customerId, paymentMethodId } = await db.prisma.billingAccount.findUniqueOrThrow({ where: { orgId } });
  if (!customerId || !paymentMethodId) return failedFor("no_payment_method");
  const invoice = await db.prisma.invoice.findUniqueOrThrow({ where: { orgId_id: { orgId, id: invoiceId } } });
  return payments.charge({
    ...of,
    number: invoiceNumber(invoice.number),
    cents: Number(invoice.totalCents),
    currency: invoice.currency,
    customerId,
    paymentMethodId,
    attempt: state.attempts + 1,
  });
}

function failedFor(reason: string): Charge {
  return { paymentId: null, outcome: "failed", received: null, reason };
}

/**
 * Notes what became of a try. A failure counts once, however often it is told (by the provider's answer and by its
 * event); one of an earlier try, and whatever comes after the payment, changes nothing. What was written off is paid
 * where money arrives after all.
 */
export async function recordCharge(services: Services, of: Of, attempt: number, charge: Charge): Promise<void> {
  await openTransaction(services, async (tx) => {
    const state = await lockInvoice(tx, of);
    if (!state) return;
    if (charge.outcome === "paid") return receive(services, tx, of, state, charge);
    if (state.status !== "open") return;
    if (attempt !== state.attempts + 1) return;
    if (charge.outcome === "failed") return fail(services, tx, of, state, charge.reason);
    // Looked at again where the provider's event does not come.
    const nextAttemptAt = new Date(services.clock.now().getTime() + DAY_MS);
    await update(tx, of, { paymentId: charge.paymentId, nextAttemptAt });
  });
}

const SYSTEM = { actorType: "SYSTEM", actorId: "payments" } as const;

/** What `failure` says of an invoice for which money has arrived that is not what it is over. */
export const MISMATCH = "amount_mismatch";

/**
 * Money has arrived. The invoice is paid by exactly what it is over, in its currency. Anything else, and whatever comes
 * for an invoice that is void or paid already, is an event for whoever runs the server, once; and nothing more is
 * collected for it by itself, since some of it was.
 */
async function receive(services: Services, tx: Transaction, of: Of, state: InvoiceState, charge: Charge) {
  const { paymentId, received } = charge;
  if (state.paymentId === paymentId && (state.status === "paid" || state.failure === MISMATCH)) return;
  const { orgId, invoiceId } = of;
  const invoice = await tx.invoice.findUniqueOrThrow({ where: { orgId_id: { orgId, id: invoiceId } } });
  const expected = { cents: Number(invoice.totalCents), currency: invoice.currency };
  const isExact = received?.cents === expected.cents && received.currency === expected.currency;
  const isOwed = state.status === "open" || state.status === "uncollectible";
  const correlationId = `corr_${newId()}`;
  if (isExact && isOwed) return pay(services, tx, of, paymentId, { ...SYSTEM, correlationId });
  if (isOwed) await update(tx, of, { paymentId, failure: MISMATCH, nextAttemptAt: null });
  await emit(services, tx, {
    ...SYSTEM,
    correlationId,
    orgId,
    channel: "billing",
    event: "billing.payment.mismatched",
    result: "FAILURE",
    resourceType: "invoice",
    resourceId: invoiceId,
    data: { paymentId, expected, received, status: state.status },
  });
}

async function fail(services: Services, tx: Transaction, of: Of, state: InvoiceState, reason: string | null) {
  const now = services.clock.now();
  const failures = state.failures + 1;
  const attempts = state.attempts + 1;
  const failingSince = state.failingSince ?? now;
  const { at } = nextStep(services.config.dunning, failures, failingSince);
  await update(tx, of, { attempts, failures, failingSince, failure: reason, paymentId: null, nextAttemptAt: at });
  await emit(
    services,
    tx,
    {
      ...SYSTEM,
      correlationId: `corr_${newId()}`,
      orgId: of.orgId,
      channel: "billing",
      event: "billing.payment.failed",
      result: "FAILURE",
      resourceType: "invoice",
      resourceId: of.invoiceId,
      data: { attempt: attempts, reason, nextAt: at.toISOString() },
    },
    { task: "mail-invoice", payload: { ...of, about: "failed", failures } },
  );
}

/** From now on nothing beyond what the plan includes is accepted, until the invoice is paid. */
async function block(services: Services, of: Of): Promise<void> {
  const { orgId, invoiceId } = of;
  await openTransaction(services, async (tx) => {
    await lockOrganization(tx, orgId);
    const state = await lockInvoice(tx, of);
    if (state?.status !== "open" || state.nextAttemptAt === null) return;
    await update(tx, of, { nextAttemptAt: null });
    const account = await tx.billingAccount.findUniqueOrThrow({ where: { orgId } });
    if (account.overdueSince !== null) return;
    await tx.billingAccount.update({ where: { orgId }, data: { overdueSince: services.clock.now() } });
    await applyPlan(services, tx, orgId);
    await emit(
      services,
      tx,
      {
        ...SYSTEM,
        correlationId: `corr_${newId()}`,
        orgId,
        channel: "billing",
        event: "billing.overage.blocked",
        result: "SUCCESS",
        resourceType: "invoice",
        resourceId: invoiceId,
      },
      { task: "mail-invoice", payload: { ...of, about: "blocked", failures: state.failures } },
    );
  });
}

/**
 * An invoice is paid.
 * The caller has the invoice's state locked.
 */
export async function pay(
  services: Services,
  tx: Transaction,
  of: Of,
  paymentId: string | null,
  actor: Actor,
): Promise<void> {
  const { orgId, invoiceId } = of;
  await update(tx, of, { status: "paid", paidAt: services.clock.now(), paymentId, nextAttemptAt: null, failure: null });
  await emit(services, tx, {
    ...actor,
    orgId,
    channel: "billing",
    result: "SUCCESS",
    event: "billing.invoice.paid",
    resourceType: "invoice",
    resourceId: invoiceId,
    data: { paymentId },
  });
  await allowOverage(services, tx, of, actor);
}

/** When nothing is owed any more for which overage was blocked, it is allowed again. */
export async function allowOverage(services: Services, tx: Transaction, of: Of, actor: Actor): Promise<void> {
  const { orgId, invoiceId } = of;
  const account = await tx.billingAccount.findUniqueOrThrow({ where: { orgId } });
  if (account.overdueSince === null) return;
  // Blocked for it: one whose steps are all taken, also where it was written off since.
  const others = await tx.invoiceState.count({
    where: {
      orgId,
      status: { in: ["open", "uncollectible"] },
      failingSince: { not: null },
      nextAttemptAt: null,
      paymentId: null,
    },
  });
  if (others > 0) return;
  await tx.billingAccount.update({ where: { orgId }, data: { overdueSince: null } });
  await applyPlan(services, tx, orgId);
  await emit(services, tx, {
    ...actor,
    orgId,
    channel: "billing",
    result: "SUCCESS",
    event: "billing.overage.allowed",
    resourceType: "invoice",
    resourceId: invoiceId,
  });
}

/** Has every open invoice that failed collected now, once: there is another means of payment. */
export async function collectAnew(services: Services, tx: Transaction, orgId: string): Promise<void> {
  const { retryDays } = services.config.dunning;
  await tx.$executeRaw`UPDATE invoice_state
    SET next_attempt_at = ${services.clock.now()}, failures = least(failures, ${retryDays.length}::integer)
    WHERE org_id = ${orgId} AND status = 'open' AND failures > 0 AND payment_id IS NULL`;
}

async function update(tx: Transaction, of: Of, data: Partial<InvoiceState>): Promise<void> {
  await tx.invoiceState.update({ where: { orgId_invoiceId: of }, data });
}

/** Locks the organisation's row first, in the order of everybody: limits may have to change. */
export async function lockInvoice(tx: Transaction, of: Of): Promise<InvoiceState | null> {
  await lockOrganization(tx, of.orgId);
  return tx.invoiceState.findUnique({ where: { orgId_invoiceId: of } });
}
