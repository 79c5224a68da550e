import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { TIERS, type Tier } from "#server/platform/tiers.ts";
import { masterKey } from "../authorise.ts";
import { endOf } from "../billing/periods.ts";
import { type Context, eventBase, orgOf, type Services } from "../context.ts";
import { strictBody } from "../fields.ts";
import { nextMonth, periodOf } from "../invoices/period.ts";
import { enqueue } from "../jobs.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { applyScheduledPlan } from "./scheduled.ts";
import { setPlan } from "./set.ts";
import { type TooMany, whatMustGo } from "./what-must-go.ts";

/** The name of a plan, in either case. */
export const TierName = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(TIERS, "must be one of free, starter, growth, scale, enterprise."));

export const PlanChange = z
  .object({
    status: z.enum(["upgraded", "downgraded", "scheduled", "no_change", "error"]),
    message: z.string(),
    scheduledDate: z.string().nullable().describe("When a scheduled change takes effect"),
    mustGo: z
      .array(z.object({ resource: z.string(), used: z.int(), allowed: z.int(), excess: z.int() }))
      .describe("What there is more of than the new plan allows"),
  })
  .meta({ id: "PlanChange" });
export type PlanChange = z.infer<typeof PlanChange>;

/**
 * Changes the plan: to a larger one at once, charged by the second; to a smaller one when the month ends. A change that
 * is scheduled is replaced by another, and cancelled by choosing the present plan.
 * The status is error, and nothing is changed, where it needs a talk, a means of payment or an invoice to be paid first.
 */
export const changePlan = verb({
  access: masterKey("*"),
  input: strictBody({ tier: TierName }),
  run: (ctx, { tier }) => inTransaction(ctx, (tx) => choosePlan(ctx, tx, tier)),
});

async function choosePlan(ctx: Context, tx: Transaction, tier: Tier): Promise<PlanChange> {
  const { services } = ctx;
  const orgId = orgOf(ctx);
  const end = await endOfPlan(services, tx, orgId);
  const organization = await tx.organization.findUniqueOrThrow({ where: { id: orgId } });
  const account = await tx.billingAccount.findUniqueOrThrow({ where: { orgId } });
  const name = services.config.plans[tier].name;
  if (tier === organization.tier) {
    if (account.scheduledTier === null) return answer("no_change", `${name} is the present plan.`);
    await schedule(ctx, tx, null);
    return answer("no_change", `${name} stays: the change to ${account.scheduledTier} is cancelled.`);
  }
  if (TIERS.indexOf(tier) < TIERS.indexOf(organization.tier as Tier)) {
    const mustGo = await whatMustGo(services, tx, orgId, tier);
    if (account.scheduledTier !== tier) await schedule(ctx, tx, tier, mustGo);
    // Requests with a key do not wait for it (see Directory); the console does.
    await enqueue(tx, "close-months", {}, { runAt: end, jobKey: `close-months ${orgId}` });
    return answer("scheduled", scheduledMessage(name, end, mustGo), end, mustGo);
  }
  const refusal = upgradeRefusal(ctx, tier, account);
  if (refusal !== null) return answer("error", refusal);
  await setPlan(services, tx, { orgId, tier, at: services.clock.now(), actor: eventBase(ctx) });
  return answer("upgraded", `${name} holds from now on, and is charged from now on by the second.`);
}

/**
 * When the present plan may end. Where the month is over and not billed yet, what was chosen for its end holds first, and
 * nothing that is chosen now does: the new month has begun with the present plan, and what it includes may be used by now.
 */
async function endOfPlan(services: Services, tx: Transaction, orgId: string): Promise<Date> {
  const { timeZone } = await lockOrganization(tx, orgId);
  const { month, end } = periodOf(await tx.billingAccount.findUniqueOrThrow({ where: { orgId } }), timeZone);
  if (services.clock.now() < end) return end;
  await applyScheduledPlan(services, tx, orgId, end);
  await tx.billingAccount.update({ where: { orgId }, data: { planDeferredAt: end } });
  return endOf("month", nextMonth(month), timeZone);
}

function upgradeRefusal(
  { services }: Context,
  tier: Tier,
  account: { overdueSince: Date | null; paymentMethodId: string | null },
): string | null {
  if (tier === "ENTERPRISE")
    return "Enterprise is agreed with whoever runs this server: POST /v1/billing/contact-enterprise.";
  if (account.overdueSince !== null) return "An invoice is overdue: pay it first.";
  if (services.payments.collects && account.paymentMethodId === null) {
    return "There is no means of payment yet: POST /v1/billing/checkout leads to the page where one is given.";
  }
  return null;
}

async function schedule(ctx: Context, tx: Transaction, tier: Tier | null, mustGo: TooMany[] = []): Promise<void> {
  const orgId = orgOf(ctx);
  await tx.billingAccount.update({ where: { orgId }, data: { scheduledTier: tier } });
  await emit(ctx.services, tx, {
    ...eventBase(ctx),
    orgId,
    channel: "billing",
    event: tier === null ? "billing.plan.change.cancelled" : "billing.plan.change.scheduled",
    result: "SUCCESS",
    resourceType: "organization",
    resourceId: orgId,
    data: tier === null ? {} : { tier, mustGo },
  });
}

function scheduledMessage(name: string, at: Date, mustGo: TooMany[]): string {
  const when = `${name} holds from ${at.toISOString()} on, when the month ends; until then the present plan stays.`;
  if (mustGo.length === 0) return when;
  const parts = mustGo.map(({ resource, used, allowed, excess }) => {
    return `${excess} of ${used} ${resource} (${name} allows ${allowed})`;
  });
  return `${when} Before that must go: ${parts.join(", ")}; else the present plan goes on for another month.`;
}

function answer(
  status: PlanChange["status"],
  message: string,
  at: Date | null = null,
  mustGo: TooMany[] = [],
): PlanChange {
  return { status, message, scheduledDate: at?.toISOString() ?? null, mustGo };
}

export const ContactRequest = z
  .object({ success: z.literal(true), message: z.string() })
  .meta({ id: "ContactRequest" });

/** Notes on the log that the organisation wants to talk about a plan, where whoever runs the server sees it. */
export const contactEnterprise = verb({
  access: masterKey("*"),
  input: strictBody({ type: z.string().trim().min(1).max(100).optional() }),
  run: (ctx, { type = "enterprise" }) =>
    inTransaction(ctx, async (tx) => {
      const orgId = orgOf(ctx);
      await emit(ctx.services, tx, {
        ...eventBase(ctx),
        orgId,
        channel: "billing",
        event: "billing.contact.requested",
        result: "SUCCESS",
        resourceType: "organization",
        resourceId: orgId,
        personal: { detail: type },
      });
      return { success: true as const, message: "It is noted on the log for whoever runs this server." };
    }),
});
