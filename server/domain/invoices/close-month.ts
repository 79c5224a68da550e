import { sequencePending } from "#server/audit/sequencer.ts";
import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import { METERS } from "#server/platform/tiers.ts";
import { applyPlan, turnBudgets } from "../billing/budgets.ts";
import { endOf, startOf } from "../billing/periods.ts";
import type { Services } from "../context.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { applyScheduledPlan } from "../plans/scheduled.ts";
import { readSpans, secondsBetween } from "../plans/spans.ts";
import { openTransaction } from "../transaction.ts";
import { issueInvoice } from "./issue.ts";
import { type BillingPeriod, endPeriod, nextMonth, notePeriod, periodOf } from "./period.ts";
import { statementOf } from "./statement.ts";
import { readCarried, readCorrections, readUsage } from "./usage-of-month.ts";

const BATCH = 100;

/**
 * Bills every month that is over, of every organisation: the regular task. It may run twice, at the same time or late:
 * an organisation's months are billed one after the other, each once.
 * Rejects at the end where one could not be billed; the others are.
 */
export async function closeMonths(services: Services): Promise<void> {
  const failed: unknown[] = [];
  let last = "";
  for (;;) {
    const { rows } = await services.db.pool.query<{ org_id: string }>({
      name: "months-due",
      text: `SELECT org_id FROM billing_account WHERE (period_end IS NULL OR period_end <= $1) AND org_id > $2
        ORDER BY org_id LIMIT $3`,
      values: [services.clock.now(), last, BATCH],
    });
    for (const { org_id: orgId } of rows) {
      await closeOrganization(services, orgId).catch((error) => failed.push(error));
    }
    const end = rows.at(-1);
    if (!end || rows.length < BATCH) break;
    last = end.org_id;
  }
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} organisations could not be billed`);
}

/** Bills every month of an organisation that is over. */
export async function closeOrganization(services: Services, orgId: string): Promise<void> {
  while (await closeMonth(services, orgId));
}

/**
 * Bills the next month that is over. First the meters are turned to the new month: from then on nothing can be accepted
 * for the old one, and everything that was has been committed. What was held for calls that began in it is waited for
 * until it is settled or expires. What comes after all (a reversal) is a line of the next invoice.
 *
 * @returns whether a month was billed, so that the next one may be over too
 */
async function closeMonth(services: Services, orgId: string): Promise<boolean> {
  const period = await openTransaction(services, (tx) => turnMonth(services, tx, orgId));
  if (period === null || (await hasReservations(services, orgId, period.month))) return false;
  await sequencePending(services.db.pool, orgId);
  return openTransaction(services, async (tx) => {
    const { timeZone } = await lockOrganization(tx, orgId);
    const account = await tx.billingAccount.findUniqueOrThrow({ where: { orgId } });
    // Another process was first.
    if (periodOf(account, timeZone).month !== period.month) return true;
    await bill(services, tx, orgId, period, timeZone);
    await endPeriod(tx, orgId, period, timeZone);
    return true;
  });
}

/**
 * Has a scheduled plan hold that is due, before anything more is accepted: the first request after the month's end does
 * so, since the regular task may come minutes later.
 */
export async function applyDuePlan(services: Services, orgId: string): Promise<void> {
  await openTransaction(services, async (tx) => {
    await lockOrganization(tx, orgId);
    const { scheduledTier } = await tx.billingAccount.findUniqueOrThrow({ where: { orgId } });
    if (scheduledTier !== null) await turnMonth(services, tx, orgId);
  });
}

/** @returns the period that is over; null where none is */
async function turnMonth(services: Services, tx: Transaction, orgId: string): Promise<BillingPeriod | null> {
  const { timeZone } = await lockOrganization(tx, orgId);
  const period = periodOf(await tx.billingAccount.findUniqueOrThrow({ where: { orgId } }), timeZone);
  await notePeriod(tx, orgId, period);
  if (services.clock.now() < period.end) return null;
  await applyScheduledPlan(services, tx, orgId, period.end);
  await applyPlan(services, tx, orgId);
  await turnBudgets(tx, orgId, nextMonth(period.month));
  return period;
}

async function hasReservations(services: Services, orgId: string, month: string): Promise<boolean> {
  const { rows } = await services.db.pool.query({
    name: "reservations-of-month",
    text: `SELECT 1 FROM reservation WHERE org_id = $1 AND settled_at IS NULL AND meter = ANY($2::text[]) AND day < $3::date
      LIMIT 1`,
    values: [orgId, METERS, nextMonth(month)],
  });
  return rows.length > 0;
}

async function bill(
  services: Services,
  tx: Transaction,
  orgId: string,
  period: BillingPeriod,
  timeZone: string,
): Promise<void> {
  const { config, payments } = services;
  const { month, start, end, monthStart } = period;
  const spans = await readSpans(tx, orgId, start, end);
  const calendar = await readSpans(tx, orgId, startOf(month, timeZone), endOf("month", month, timeZone));
  const statement = statementOf({
    month,
    plans: config.plans,
    spans,
    calendar,
    monthSeconds: secondsBetween(monthStart, end),
    usage: await readUsage(tx, orgId, month, monthStart),
    corrections: await readCorrections(tx, orgId, period.firstMonth, month),
    carriedMicros: await readCarried(tx, orgId),
    minimumCents: payments.minimumCents,
  });
  const hasPrice = spans.some(({ tier }) => config.plans[tier].priceCents > 0);
  // What is left to an organisation without a price waits until there is something to pay.
  if (!hasPrice && statement.totalMicros === 0n) return;
  await issueInvoice(services, tx, { orgId, id: newId(), period, timeZone, statement });
}
