import type { MeterTerms } from "#server/platform/tiers.ts";

/** 1 cent. Amounts are whole micro-units everywhere; only what is shown is in cents. */
export const MICROS_PER_CENT = 10_000n;

export function centsToMicros(cents: number): bigint {
  return BigInt(cents) * MICROS_PER_CENT;
}

/**
 * The one rounding rule: a started cent counts (up, also below zero: towards what is owed). Only totals are rounded:
 * the lines of a bill are exact, so that their sum is the total before it is rounded.
 */
export function microsToCents(micros: bigint): number {
  const whole = micros / MICROS_PER_CENT;
  return Number(micros > whole * MICROS_PER_CENT ? whole + 1n : whole);
}

/** How many of `units` more are charged where `used` were used before. Negative units give charged ones back first. */
export function billableUnits(terms: Pick<MeterTerms, "included">, used: bigint, units: bigint): bigint {
  if (terms.included === null) return 0n;
  const beyond = (total: bigint) => (total > BigInt(terms.included ?? 0) ? total - BigInt(terms.included ?? 0) : 0n);
  return beyond(used + units) - beyond(used);
}

/** What `units` more cost where `used` were used before. SQL's share_budget reckons the same. */
export function priceOf(terms: MeterTerms, used: bigint, units: bigint): bigint {
  return billableUnits(terms, used, units) * BigInt(terms.unitMicros);
}

export type Line = { units: bigint; billable: bigint; micros: bigint };

/** The sum of lines: exact, since nothing was rounded. */
export function totalOf(lines: Iterable<Line>): bigint {
  let total = 0n;
  for (const line of lines) total += line.micros;
  return total;
}

/**
 * What prices of a whole (a month) cost for their seconds of it, in their order. Exact: the parts of one price over all
 * seconds add up to it, because each part is what the sum up to it is more than the sum before it. The sum is rounded
 * down, to a micro-unit.
 */
export function prorate(parts: readonly { micros: bigint; seconds: bigint }[], whole: bigint): bigint[] {
  let exact = 0n;
  let charged = 0n;
  return parts.map(({ micros, seconds }) => {
    exact += micros * seconds;
    const part = exact / whole - charged;
    charged += part;
    return part;
  });
}
