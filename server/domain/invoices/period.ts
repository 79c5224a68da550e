import type { Transaction } from "#server/platform/database.ts";
import type { BillingAccount } from "#server/platform/generated/client.ts";
import { endOf, periodsAt, startOf } from "../billing/periods.ts";

/** What the next invoice is of. */
export type BillingPeriod = {
  /** First day of the month of the organisation's calendar whose usage it bills. */
  month: string;
  /** The first month that was billed at all. */
  firstMonth: string;
  /** What it bills the plan for, in an organisation's first month less than the whole. */
  start: Date;
  end: Date;
  /** Where the month began that the plan's price is for. */
  monthStart: Date;
};

/**
 * The period that runs, or that has ended and is not billed yet. It begins where the last one ended, so that no second is
 * billed twice or not at all, also where the time zone was changed.
 */
export function periodOf(account: BillingAccount, timeZone: string): BillingPeriod {
  const month = dateText(account.month) ?? periodsAt(account.periodStart, timeZone).month;
  const firstMonth = dateText(account.firstMonth) ?? month;
  const monthStart = startOf(month, timeZone);
  return {
    month,
    firstMonth,
    start: account.periodStart,
    end: account.periodEnd ?? endOf("month", month, timeZone),
    monthStart: month === firstMonth && monthStart < account.periodStart ? monthStart : account.periodStart,
  };
}

/** Writes down when the period ends, so that it is found when it is over. */
export async function notePeriod(tx: Transaction, orgId: string, period: BillingPeriod): Promise<void> {
  await tx.billingAccount.update({
    where: { orgId },
    data: { month: new Date(period.month), firstMonth: new Date(period.firstMonth), periodEnd: period.end },
  });
}

/** Makes the next month the one that runs. */
export async function endPeriod(
  tx: Transaction,
  orgId: string,
  period: BillingPeriod,
  timeZone: string,
): Promise<void> {
  const month = nextMonth(period.month);
  await tx.billingAccount.update({
    where: { orgId },
    data: {
      month: new Date(month),
      firstMonth: new Date(period.firstMonth),
      periodStart: period.end,
      periodEnd: endOf("month", month, timeZone),
    },
  });
}

/** `2027-12-01` -> `2028-01-01` */
export function nextMonth(month: string): string {
  const next = new Date(`${month}T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return next.toISOString().slice(0, 10);
}

function dateText(date: Date | null): string | null {
  return date === null ? null : date.toISOString().slice(0, 10);
}
