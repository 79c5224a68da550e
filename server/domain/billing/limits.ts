import type { MeterTerms } from "#server/platform/tiers.ts";
import type { CapMeter } from "./meters.ts";
import { centsToMicros } from "./money.ts";
import type { CapSettings } from "./settings.ts";

/** A row of the table budget, without its key. null: no limit. */
export type Limits = {
  monthUnits: bigint | null;
  monthMicros: bigint | null;
  dayUnits: bigint | null;
  dayMicros: bigint | null;
  /** Whether the limits refuse, or are only warned of. */
  enforced: boolean;
  /** Units a month without a price; null: all. */
  includedUnits: bigint | null;
  unitMicros: bigint;
  /** The first day of a month in which the plan has changed, and what is included in that one. */
  mixedMonth: string | null;
  mixedUnits: bigint | null;
};

/** The units that are included in a month in which the plan has changed; see plans/spans.ts. */
export type Mixed = { month: string; units: number | null };

/**
 * What a plan sets for a meter.
 *
 * @param includedOnly whether an unpaid invoice allows no more than what is included
 */
export function planLimits(terms: MeterTerms, mixed: Mixed | null = null, includedOnly = false): Limits {
  const included = mixed ? mixed.units : terms.included;
  const limits = [terms.quota, includedOnly ? included : null].filter((limit) => limit !== null);
  return {
    monthUnits: limits.length === 0 ? null : BigInt(Math.min(...limits)),
    monthMicros: null,
    dayUnits: big(terms.dailyQuota),
    dayMicros: null,
    enforced: true,
    includedUnits: big(terms.included),
    unitMicros: BigInt(terms.included === null ? 0 : terms.unitMicros),
    mixedMonth: mixed?.month ?? null,
    mixedUnits: mixed ? big(mixed.units) : null,
  };
}

/** What a cap sets; null where there is none. A cap of no money blocks also what would cost nothing. */
export function capLimits(settings: CapSettings, cap: CapMeter): Limits | null {
  const meter = settings.meters[cap];
  if (!settings.enabled || !meter.enabled) return null;
  const month = { cents: meter.capCents ?? settings.monthlyCapCents, units: meter.capUnits };
  const day = { cents: meter.daily.capCents, units: meter.daily.capUnits };
  if ([month.cents, month.units, day.cents, day.units].every((limit) => limit === null)) return null;
  return {
    monthUnits: month.cents === 0 ? 0n : big(month.units),
    monthMicros: month.cents === null ? null : centsToMicros(month.cents),
    dayUnits: day.cents === 0 ? 0n : big(day.units),
    dayMicros: day.cents === null ? null : centsToMicros(day.cents),
    enforced: meter.mode === "block",
    includedUnits: null,
    unitMicros: 0n,
    mixedMonth: null,
    mixedUnits: null,
  };
}

function big(value: number | null): bigint | null {
  return value === null ? null : BigInt(value);
}
