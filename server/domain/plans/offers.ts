import { z } from "zod";
import { TIERS, type Tier } from "#server/platform/tiers.ts";
import { masterKey } from "../authorise.ts";
import { centsToMicros } from "../billing/money.ts";
import { orgOf, type Services } from "../context.ts";
import { type BillingPeriod, periodOf } from "../invoices/period.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { secondsBetween } from "./spans.ts";
import { whatMustGo } from "./what-must-go.ts";

/**
 * The plans that there are, which one the organisation has, and what a change to another would cost and when it would
 * take effect: one that costs more at once, one that costs less at the period's end.
 */
export const listPlans = verb({
  access: masterKey("billing:read"),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const { services } = ctx;
    const db = reader(ctx);
    const orgId = orgOf(ctx);
    const { tier, timeZone } = await db.organization.findUniqueOrThrow({
      where: { id: orgId },
      select: { tier: true, timeZone: true },
    });
    const account = await db.billingAccount.findUniqueOrThrow({ where: { orgId } });
    const current = tier as Tier;
    const period = periodOf(account, timeZone);
    const plans = await Promise.all(
      TIERS.map(async (each) => {
        const plan = services.config.plans[each];
        return {
          tier: each,
          ...plan,
          change:
            each === current
              ? null
              : { ...changeOf(services, current, each, period), mustGo: await whatMustGo(services, db, orgId, each) },
        };
      }),
    );
    return {
      current,
      scheduled: account.scheduledTier as Tier | null,
      periodEnd: period.end.toISOString(),
      overdueSince: account.overdueSince?.toISOString() ?? null,
      payments: services.payments.name,
      hasCustomer: account.customerId !== null,
      /** Whether a larger plan begins on the provider's page. */
      needsPaymentMethod: services.payments.collects && account.paymentMethodId === null,
      plans,
    };
  },
});

export type Plans = Awaited<ReturnType<typeof listPlans>>;

/** When a change takes effect, and what it adds to this month's invoice: the prices' difference for the rest of it. */
function changeOf({ config, clock }: Services, from: Tier, to: Tier, { monthStart, end }: BillingPeriod) {
  const difference = config.plans[to].priceCents - config.plans[from].priceCents;
  if (TIERS.indexOf(to) < TIERS.indexOf(from)) return { at: "periodEnd" as const, micros: 0 };
  const [left, whole] = [secondsBetween(clock.now(), end), secondsBetween(monthStart, end)];
  return { at: "now" as const, micros: Number((centsToMicros(difference) * left) / whole) };
}
