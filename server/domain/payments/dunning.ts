import type { Config } from "#server/platform/config.ts";

const DAY_MS = 86_400_000;

/**
 * What follows after so many failures to collect an invoice, the first of them at an instant: another try on each of the
 * days of PAYMENT_RETRY_DAYS, and on PAYMENT_BLOCK_DAYS nothing beyond what the plan includes is accepted any more.
 */
export function nextStep(
  { retryDays, blockDays }: Config["dunning"],
  failures: number,
  failingSince: Date,
): { step: "retry" | "block"; at: Date } {
  const retry = retryDays[failures - 1];
  const day = retry ?? blockDays;
  return { step: retry === undefined ? "block" : "retry", at: new Date(failingSince.getTime() + day * DAY_MS) };
}
