import type { Transaction } from "#server/platform/database.ts";
import type { Meter, Plans, Tier } from "#server/platform/tiers.ts";

/** A time with one plan: from is part of it, to is not. */
export type Span = { tier: Tier; from: Date; to: Date };

/** Which plans an organisation has had between two instants; the last one goes on to the end. */
export async function readSpans(tx: Transaction, orgId: string, start: Date, end: Date): Promise<Span[]> {
  const history = await tx.planSpan.findMany({ where: { orgId, fromAt: { lt: end } }, orderBy: { fromAt: "asc" } });
  return spansBetween(
    history.map(({ fromAt, tier }) => ({ from: fromAt, tier: tier as Tier })),
    start,
    end,
  );
}

/** The part of a history (in order of time) between two instants, without empty spans; equal neighbours are one. */
export function spansBetween(history: readonly { from: Date; tier: Tier }[], start: Date, end: Date): Span[] {
  const spans: Span[] = [];
  history.forEach(({ from, tier }, index) => {
    const span = { tier, from: latest(from, start), to: earliest(history[index + 1]?.from ?? end, end) };
    if (secondsBetween(span.from, span.to) <= 0n) return;
    const before = spans.at(-1);
    if (before?.tier === tier) before.to = span.to;
    else spans.push(span);
  });
  return spans;
}

/** Whole seconds; those of neighbouring spans add up to those from the first to the last instant. */
export function secondsBetween(from: Date, to: Date): bigint {
  return BigInt(Math.floor(to.getTime() / 1000) - Math.floor(from.getTime() / 1000));
}

/**
 * Units that are included in a month with these plans: of each plan's the part that belongs to its seconds of the time
 * that they cover, the sum rounded up. All (null) once a plan includes all. A single plan includes its whole quantity,
 * also in an organisation's first month.
 */
export function includedIn(spans: readonly Span[], plans: Plans, meter: Meter): number | null {
  let units = 0n;
  let seconds = 0n;
  for (const { tier, from, to } of spans) {
    const { included } = plans[tier].meters[meter];
    if (included === null) return null;
    units += BigInt(included) * secondsBetween(from, to);
    seconds += secondsBetween(from, to);
  }
  return seconds === 0n ? 0 : Number((units + seconds - 1n) / seconds);
}

const latest = (a: Date, b: Date) => (a > b ? a : b);
const earliest = (a: Date, b: Date) => (a < b ? a : b);
