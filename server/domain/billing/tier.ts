import { z } from "zod";
import { TIERS, type Tier } from "#server/platform/tiers.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { periodOf } from "../invoices/period.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { endOf, periodsAt } from "./periods.ts";

const PlanName = z.enum(TIERS.map((tier) => tier.toLowerCase()) as Lowercase<Tier>[]);

export const BillingTier = z
  .object({
    tier: PlanName,
    name: z.string(),
    price: z.number().describe("A month, in whole units of the currency and their hundredths"),
    priceCents: z.int(),
    limits: z.object({
      messages: z.int().nullable().describe("Mails a month; null: no limit"),
      agents: z.int().nullable(),
      domains: z.int().describe("Domains of your own: none yet"),
    }),
    meters: z
      .record(
        z.string(),
        z.object({
          included: z.int().nullable(),
          unitMicros: z.int(),
          quota: z.int().nullable(),
          dailyQuota: z.int().nullable(),
        }),
      )
      .describe(
        "A month: what is included, what a unit beyond costs (1,000,000 are one unit of the currency), the limits of month and day",
      ),
    renewalDate: z.string().describe("When the organisation's next month begins"),
    scheduled: z.object({ tier: PlanName, date: z.string() }).nullable().describe("The plan from that date on"),
    overdueSince: z
      .string()
      .nullable()
      .describe("Since when an unpaid invoice keeps what agents do to what the plan includes"),
  })
  .meta({ id: "BillingTier" });

/** The organisation's plan, and what it says of each meter. */
export const getBillingTier = verb({
  access: anyKey("billing:read"),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const { services } = ctx;
    const { tier, timeZone } = await organizationOf(ctx);
    const plan = services.config.plans[tier];
    const account = await reader(ctx).billingAccount.findUniqueOrThrow({ where: { orgId: orgOf(ctx) } });
    const { scheduledTier: scheduled } = account;
    const { month } = periodsAt(services.clock.now(), timeZone);
    return {
      tier: lower(tier),
      name: plan.name,
      price: plan.priceCents / 100,
      priceCents: plan.priceCents,
      limits: { messages: plan.meters.email_sent.quota, agents: plan.agents, domains: 0 },
      meters: plan.meters,
      renewalDate: endOf("month", month, timeZone).toISOString(),
      scheduled:
        scheduled === null
          ? null
          : { tier: lower(scheduled as Tier), date: periodOf(account, timeZone).end.toISOString() },
      overdueSince: account.overdueSince?.toISOString() ?? null,
    };
  },
});

export const Feature = z
  .object({
    feature: z.string(),
    enabled: z.boolean(),
    currentTier: PlanName,
    requiredTier: PlanName,
    upgradeUrl: z.string().nullable(),
  })
  .meta({ id: "Feature" });

/** The plan from which on a feature can be used. Nothing else is asked for by existing clients. */
const FEATURES: Record<string, Tier> = { audit_logs: "FREE" };

/** Whether the plan has a feature. NOT_FOUND for one that there is not. */
export const getFeature = verb({
  access: anyKey("billing:read"),
  effect: "read",
  input: z.object({ feature: z.string().max(64) }),
  run: async (ctx, { feature }) => {
    const required = Object.hasOwn(FEATURES, feature) ? FEATURES[feature] : undefined;
    if (required === undefined) throw notFound("feature");
    const { tier } = await organizationOf(ctx);
    const enabled = TIERS.indexOf(tier) >= TIERS.indexOf(required);
    return { feature, enabled, currentTier: lower(tier), requiredTier: lower(required), upgradeUrl: null };
  },
});

async function organizationOf(ctx: Parameters<typeof orgOf>[0]): Promise<{ tier: Tier; timeZone: string }> {
  const row = await reader(ctx).organization.findUniqueOrThrow({
    where: { id: orgOf(ctx) },
    select: { tier: true, timeZone: true },
  });
  return { tier: row.tier as Tier, timeZone: row.timeZone };
}

function lower(tier: Tier): Lowercase<Tier> {
  return tier.toLowerCase() as Lowercase<Tier>;
}
