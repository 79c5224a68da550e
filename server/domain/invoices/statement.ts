import { METERS, type Meter, type Plans } from "#server/platform/tiers.ts";
import { centsToMicros, microsToCents, prorate } from "../billing/money.ts";
import { includedIn, type Span, secondsBetween } from "../plans/spans.ts";
import { METER_NAMES, monthName } from "./words.ts";

/** Usage of a month at one price; unitMicros is null where what was charged is no multiple of a price. */
export type UsageAtPrice = {
  meter: Meter;
  unitMicros: bigint | null;
  quantity: bigint;
  billable: bigint;
  micros: bigint;
};
/** What the usage of a month that was billed before has cost more (or, below zero, less) than was billed. */
export type Correction = { month: string; meter: Meter; quantity: bigint; billable: bigint; micros: bigint };

export type DraftLine = {
  kind: "plan" | "usage" | "correction" | "carry";
  meter: Meter | null;
  month: string | null;
  description: string;
  quantity: bigint;
  included: bigint | null;
  billable: bigint;
  unitMicros: bigint;
  amountMicros: bigint;
};
export type Statement = { lines: DraftLine[]; totalMicros: bigint; totalCents: number };

type Billed = {
  month: string;
  plans: Plans;
  /** The plans of what is billed, and of the whole month of the calendar, by which units are included. */
  spans: readonly Span[];
  calendar: readonly Span[];
  /** The seconds that a plan's price is for. */
  monthSeconds: bigint;
  usage: readonly UsageAtPrice[];
  corrections: readonly Correction[];
  /** What earlier invoices have left to this one: below zero it is a credit. */
  carriedMicros: bigint;
  /** What the provider cannot collect because it is too little. */
  minimumCents: number;
};

/**
 * The lines of an invoice. Each line's amount is its billable units times its unit price, and the total is their sum:
 * nothing but what is charged in the end is rounded (see billing/money.ts). A total below zero, or too small to be
 * collected, is carried to the next invoice by a line of its own.
 */
export function statementOf(billed: Billed): Statement {
  const lines = [...planLines(billed), ...usageLines(billed), ...billed.corrections.flatMap(correctionLine)];
  if (billed.carriedMicros !== 0n) lines.push(carryLine("Carried from earlier invoices", billed.carriedMicros));
  const sum = sumOf(lines);
  if (sum < 0n) lines.push(carryLine("Credit carried to the next invoice", -sum));
  else if (sum > 0n && microsToCents(sum) < billed.minimumCents) {
    lines.push(carryLine("Carried to the next invoice: too little to be collected", -sum));
  }
  const totalMicros = sumOf(lines);
  return { lines, totalMicros, totalCents: microsToCents(totalMicros) };
}

export function sumOf(lines: readonly Pick<DraftLine, "amountMicros">[]): bigint {
  return lines.reduce((sum, line) => sum + line.amountMicros, 0n);
}

function planLines({ month, plans, spans, monthSeconds }: Billed): DraftLine[] {
  const parts = spans.map(({ tier, from, to }) => ({
    plan: plans[tier],
    micros: centsToMicros(plans[tier].priceCents),
    seconds: secondsBetween(from, to),
  }));
  const amounts = prorate(parts, monthSeconds);
  return parts.flatMap(({ plan, micros, seconds }, index) => {
    const amount = amounts[index] as bigint;
    if (micros === 0n) return [];
    const share = seconds === monthSeconds ? "" : `, ${seconds} of ${monthSeconds} seconds`;
    return [{ ...single("plan", amount), month, description: `Plan ${plan.name}${share}` }];
  });
}

/**
 * One line for each meter that was used, and one more for each other price that the month had. The first one has what is
 * included, and all units that were not charged.
 */
function usageLines({ month, plans, calendar, usage }: Billed): DraftLine[] {
  return METERS.flatMap((meter) => {
    const groups = usage.filter((group) => group.meter === meter);
    const quantity = groups.reduce((sum, group) => sum + group.quantity, 0n);
    const last = calendar.at(-1);
    if (groups.length === 0 || !last) return [];
    const charged = groups.filter(
      ({ unitMicros, billable }) => unitMicros !== null && unitMicros > 0n && billable !== 0n,
    );
    charged.sort((a, b) => Number(b.billable - a.billable));
    const [main, ...others] = charged;
    const billable = main?.billable ?? 0n;
    const elsewhere = others.reduce((sum, group) => sum + group.billable, 0n);
    const included = includedIn(calendar, plans, meter);
    const unitMicros = main?.unitMicros ?? BigInt(plans[last.tier].meters[meter].unitMicros);
    const name = METER_NAMES[meter];
    const shared = { kind: "usage" as const, meter, month };
    const lines: DraftLine[] = [
      {
        ...shared,
        description: name,
        quantity: quantity - elsewhere,
        included: included === null ? null : BigInt(included),
        billable,
        unitMicros,
        amountMicros: billable * unitMicros,
      },
      ...others.map((group) => ({
        ...shared,
        description: `${name}, at another price of the month`,
        quantity: group.billable,
        included: 0n,
        billable: group.billable,
        unitMicros: group.unitMicros as bigint,
        amountMicros: group.micros,
      })),
    ];
    const rest = groups.reduce((sum, group) => sum + group.micros, 0n) - sumOf(lines);
    if (rest !== 0n) lines.push({ ...single("usage", rest), ...shared, description: `${name}, difference of prices` });
    return lines.filter((line) => line.quantity !== 0n || line.amountMicros !== 0n);
  });
}

function correctionLine({ month, meter, quantity, billable, micros }: Correction): DraftLine[] {
  if (micros === 0n) return [];
  const description = `${METER_NAMES[meter]}, ${monthName(month)}: ${micros < 0n ? "taken back" : "added"} after its invoice`;
  const shared = { kind: "correction" as const, meter, month, description };
  if (billable === 0n || micros % billable !== 0n) return [{ ...single("correction", micros), ...shared }];
  return [{ ...shared, quantity, included: null, billable, unitMicros: micros / billable, amountMicros: micros }];
}

function carryLine(description: string, amount: bigint): DraftLine {
  return { ...single("carry", amount), description };
}

/** A line of one thing at its price. */
function single(kind: DraftLine["kind"], amount: bigint): DraftLine {
  return {
    kind,
    meter: null,
    month: null,
    description: "",
    quantity: 1n,
    included: null,
    billable: 1n,
    unitMicros: amount,
    amountMicros: amount,
  };
}
