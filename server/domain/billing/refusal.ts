import type { Organization } from "#server/platform/generated/client.ts";
import { METERS, type Meter, type Plan, TIERS, type Tier } from "#server/platform/tiers.ts";
import type { Services } from "../context.ts";
import { DomainError, type ErrorCode, notFound } from "../errors.ts";
import { capOf, isStoppedWhenOverdue, metersOf } from "./meters.ts";
import { microsToCents } from "./money.ts";
import { endOf, type Period } from "./periods.ts";
import { reservedOf } from "./reservations.ts";
import type { LimitReached } from "./spend.ts";

/** What a cap counts. */
const NOUNS = { email: "mails", sms: "messages", voice: "minutes" } as const;

function nounOf(meter: Meter | undefined, cap: keyof typeof NOUNS): string {
  const counted = meter ? capOf(meter) : { cap, countsUnits: true };
  if (!counted) return "units";
  return counted.countsUnits ? NOUNS[counted.cap] : "calls";
}

/**
 * PAYMENT_REQUIRED for what a cap or the plan refuses (VOICE_DAILY_CAP_EXCEEDED and VOICE_MONTHLY_CAP_EXCEEDED for the
 * plan's calls, also with details {current, cap}), with details {resource, source, scope, agentId, period, capCents,
 * usedCents, reservedCents, capUnits, usedUnits, resetsAt, remediation}. Used money and units include what is reserved.
 */
export async function toRefusal(services: Services, orgId: string, { shortage }: LimitReached): Promise<DomainError> {
  const organization = await services.directory.organization(orgId);
  if (!organization) throw notFound("organization");
  const [period, dimension] = shortage.limit.split("_") as [Period, "units" | "micros"];
  const meter = METERS.find((name) => name === shortage.meter);
  const cap = (meter ? capOf(meter)?.cap : shortage.meter) as keyof typeof NOUNS;
  const { limits, used } = shortage;
  const capMicros = limits[`${period}_micros`];
  const capUnits = limits[`${period}_units`];
  const firstDay = period === "month" ? `${shortage.day.slice(0, 7)}-01` : shortage.day;
  const resetsAt = endOf(period, firstDay, organization.timeZone).toISOString();
  const meters = meter ? [meter] : metersOf(cap);
  const overdue =
    meter !== undefined && period === "month" && (await isKeptToIncluded(services, organization, meter, capUnits));
  const reserved = await reservedOf(services.db.prisma, orgId, shortage.scope, meters, period, firstDay);
  const details = {
    resource: meter && !capOf(meter) ? meter : cap,
    source: overdue ? "payment" : meter ? "plan" : "cap",
    scope: shortage.scope === "" ? "org" : "agent",
    ...(shortage.scope === "" ? {} : { agentId: shortage.scope }),
    period,
    capCents: capMicros === null ? null : microsToCents(BigInt(capMicros)),
    usedCents: microsToCents(BigInt(used[`${period}_micros`])),
    reservedCents: microsToCents(reserved),
    // A cap of no money is written as no units too.
    capUnits: capMicros === 0 ? null : capUnits,
    usedUnits: used[`${period}_units`],
    resetsAt,
  };
  const remediation = overdue
    ? { hint: "Pay the open invoice: then more than what is included is accepted again, at once." }
    : meter
      ? planRemediation(
          services,
          organization.tier as Tier,
          (plan) => plan.meters[meter][period === "day" ? "dailyQuota" : "quota"],
          used[`${period}_units`],
        )
      : {
          hint: `Raise the cap: PUT ${shortage.scope === "" ? "/v1/billing/hard-cap" : `/v1/agents/${shortage.scope}/hard-cap`} with the master key. It is counted anew from ${resetsAt}.`,
        };
  const isMoney = dimension === "micros" || capMicros === 0;
  const limit = isMoney ? `${details.capCents} cents` : `${capUnits} ${nounOf(meter, cap)}`;
  const whose = shortage.scope === "" ? "The organisation" : "This agent";
  const text = overdue
    ? `An invoice is overdue, so only the ${limit} a ${period} that the plan includes are accepted.`
    : meter
      ? `The plan ${organization.tier} allows ${limit} a ${period}, and ${details.usedUnits} are used.`
      : `${whose} has a cap of ${limit} a ${period} on ${cap}, and this would exceed it.`;
  const callsOfPlan = meter === "voice_calls" && !overdue ? { current: details.usedUnits, cap: capUnits } : {};
  return new DomainError(codeOf(meter, period, overdue), text, {
    details: { ...details, ...callsOfPlan, remediation },
  });
}

/** Clients know the calls of a plan by codes of their own. */
function codeOf(meter: Meter | undefined, period: Period, overdue: boolean): ErrorCode {
  if (meter !== "voice_calls" || overdue) return "PAYMENT_REQUIRED";
  return period === "day" ? "VOICE_DAILY_CAP_EXCEEDED" : "VOICE_MONTHLY_CAP_EXCEEDED";
}

/** Whether it is an unpaid invoice that has made the limit of a month, and not the plan's own. */
async function isKeptToIncluded(
  { config, db }: Services,
  { id: orgId, tier }: Organization,
  meter: Meter,
  limit: number | null,
): Promise<boolean> {
  const { quota } = config.plans[tier as Tier].meters[meter];
  if (!isStoppedWhenOverdue(meter) || (quota !== null && limit !== null && quota <= limit)) return false;
  const account = await db.prisma.billingAccount.findUnique({ where: { orgId } });
  return account?.overdueSince != null;
}

/** What to do where a plan allows no more: the smallest plan that does, if there is one. */
export function planRemediation(
  services: Services,
  tier: Tier,
  limitOf: (plan: Plan) => number | null,
  used: number,
): { hint: string; plan: Tier | null } {
  const allows = (name: Tier) => {
    const limit = limitOf(services.config.plans[name]);
    return limit === null || limit > used;
  };
  const plan = TIERS.slice(TIERS.indexOf(tier) + 1).find(allows) ?? null;
  const hint = plan === null ? "No plan allows more of it." : `The plan ${plan} allows more of it.`;
  return { hint, plan };
}
