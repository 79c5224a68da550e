import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { Tier } from "#server/platform/tiers.ts";
import type { Services } from "../context.ts";
import { type Used, usedUnder } from "./budgets.ts";
import { capLimits, type Limits } from "./limits.ts";
import { CAP_METERS, type CapMeter, metersOf } from "./meters.ts";
import { microsToCents } from "./money.ts";
import { endOf, type Period, periodsAt } from "./periods.ts";
import { reservedOf } from "./reservations.ts";
import { type CapPatch, CapSettings, settingsOf } from "./settings.ts";

export const PeriodState = z.object({
  startsOn: z.string().describe("A date of the organisation's calendar"),
  resetsAt: z.string(),
  usedCents: z.int().describe("Reserved money is part of it"),
  usedMicros: z.int().describe("The same exactly: 10,000 to a cent"),
  reservedCents: z.int(),
  usedUnits: z.int(),
  capCents: z.int().nullable(),
  capUnits: z.int().nullable(),
  percent: z.int().nullable().describe("Of the cap that is nearest; null without one"),
  blocked: z.boolean().describe("Whether the cap refuses what comes next"),
});

export const HardCap = CapSettings.extend({
  usage: z.object(
    Object.fromEntries(CAP_METERS.map((cap) => [cap, z.object({ month: PeriodState, day: PeriodState })])) as Record<
      CapMeter,
      z.ZodObject<{ month: typeof PeriodState; day: typeof PeriodState }>
    >,
  ),
  notices: z.array(z.string()).describe("What blocks at this moment, in words"),
}).meta({ id: "HardCap" });
export type HardCap = z.infer<typeof HardCap>;

type Org = { id: string; tier: Tier; timeZone: string };

/**
 * A cap as the API answers it: what is set, with its defaults, and how far it is used up.
 *
 * @param scope empty for the organisation, or an agent's id
 */
export async function readHardCap(services: Services, db: Transaction, org: Org, scope: string): Promise<HardCap> {
  const stored = await db.hardCap.findUnique({ where: { orgId_scope: { orgId: org.id, scope } } });
  const plan = scope === "" ? services.config.plans[org.tier] : null;
  const settings = settingsOf((stored?.settings ?? {}) as CapPatch, plan);
  const usage = {} as HardCap["usage"];
  for (const cap of CAP_METERS) usage[cap] = await stateOf(services, db, org, scope, cap, capLimits(settings, cap));
  return { ...settings, usage, notices: CAP_METERS.flatMap((cap) => noticesOf(cap, usage[cap])) };
}

async function stateOf(
  services: Services,
  db: Transaction,
  org: Org,
  scope: string,
  cap: CapMeter,
  limits: Limits | null,
): Promise<HardCap["usage"][CapMeter]> {
  const { month, day } = periodsAt(services.clock.now(), org.timeZone);
  const used = await usedUnder(db, org.id, scope, cap, day);
  const reserved = (period: Period, firstDay: string) => reservedOf(db, org.id, scope, metersOf(cap), period, firstDay);
  return {
    month: toState(org, "month", month, limits, used, await reserved("month", month)),
    day: toState(org, "day", day, limits, used, await reserved("day", day)),
  };
}

export function toState(
  org: Pick<Org, "timeZone">,
  period: Period,
  startsOn: string,
  limits: Limits | null,
  used: Used,
  reserved: bigint,
) {
  const { usedUnits, usedMicros, capUnits, capMicros } = dimensions(period, limits, used);
  return {
    startsOn,
    resetsAt: endOf(period, startsOn, org.timeZone).toISOString(),
    usedCents: microsToCents(usedMicros),
    usedMicros: Number(usedMicros),
    reservedCents: microsToCents(reserved),
    usedUnits: Number(usedUnits),
    capCents: capMicros === null ? null : microsToCents(capMicros),
    // A cap of no money is written as no units too.
    capUnits: capUnits === null || capMicros === 0n ? null : Number(capUnits),
    percent: percentOf(period, limits, used),
    blocked: limits?.enforced === true && percentOf(period, limits, used) === 100,
  };
}

function dimensions(period: Period, limits: Limits | null, used: Used) {
  return period === "month"
    ? {
        usedUnits: used.monthUnits,
        usedMicros: used.monthMicros,
        capUnits: limits?.monthUnits ?? null,
        capMicros: limits?.monthMicros ?? null,
      }
    : {
        usedUnits: used.dayUnits,
        usedMicros: used.dayMicros,
        capUnits: limits?.dayUnits ?? null,
        capMicros: limits?.dayMicros ?? null,
      };
}

/** How much of the nearest limit of a period is used, in whole percent, at most 100; null where there is none. */
export function percentOf(period: Period, limits: Limits | null, used: Used): number | null {
  const { usedUnits, usedMicros, capUnits, capMicros } = dimensions(period, limits, used);
  const parts = [
    [usedUnits, capUnits],
    [usedMicros, capMicros],
  ] as const;
  const percents = parts.flatMap(([amount, limit]) => {
    if (limit === null) return [];
    if (limit === 0n || amount >= limit) return [100];
    return [Number((amount * 100n) / limit)];
  });
  return percents.length === 0 ? null : Math.max(0, ...percents);
}

function noticesOf(cap: CapMeter, { month, day }: HardCap["usage"][CapMeter]): string[] {
  return [
    { period: "month", ...month },
    { period: "day", ...day },
  ].flatMap(({ period, blocked, usedCents, usedUnits, capCents, capUnits, resetsAt }) => {
    if (!blocked) return [];
    const limits = [capCents === null ? null : `${capCents} cents`, capUnits === null ? null : `${capUnits} units`];
    const allowed = limits.filter((limit) => limit !== null).join(" and ");
    return [
      `${cap} is blocked: ${usedCents} cents and ${usedUnits} units of this ${period} are used, the cap is ${allowed}. It is counted anew from ${resetsAt}.`,
    ];
  });
}
