import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { METERS, type Meter, TIER_LIMITS, TIERS, type Tier } from "#server/platform/tiers.ts";
import { microsToCents, prorate } from "../billing/money.ts";
import { endOf, periodsAt, startOf } from "../billing/periods.ts";
import { includedIn, secondsBetween, spansBetween } from "../plans/spans.ts";
import { nextMonth, periodOf } from "./period.ts";
import { statementOf, sumOf, type UsageAtPrice } from "./statement.ts";

const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Santiago",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Africa/Cairo",
];
const zone = fc.constantFrom(...ZONES);
const tier = fc.constantFrom(...TIERS);
const month = fc
  .tuple(fc.integer({ min: 2024, max: 2032 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, number]) => `${year}-${String(number).padStart(2, "0")}-01`);
/** Changes of plan, at parts of the month. */
const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), tier), { minLength: 1, maxLength: 6 });

function monthOf(first: string, timeZone: string) {
  return { start: startOf(first, timeZone), end: endOf("month", first, timeZone) };
}

function historyOf(list: [number, Tier][], start: Date, end: Date) {
  const length = end.getTime() - start.getTime();
  const sorted = list.toSorted(([a], [b]) => a - b);
  return sorted.map(([part, name], index) => ({
    from: new Date(start.getTime() + (index === 0 ? 0 : Math.floor(part * length))),
    tier: name,
  }));
}

describe("proration", () => {
  it("charges each second of a month once, whatever the time zone, the length of the month or the changes in it", () => {
    fc.assert(
      fc.property(month, zone, changes, (first, timeZone, list) => {
        const { start, end } = monthOf(first, timeZone);
        const spans = spansBetween(historyOf(list, start, end), start, end);
        const whole = secondsBetween(start, end);
        expect(spans.reduce((sum, { from, to }) => sum + secondsBetween(from, to), 0n)).toBe(whole);
        for (const [index, { from, tier: name }] of spans.entries()) {
          if (index === 0) continue;
          expect(from).toEqual(spans[index - 1]?.to);
          expect(name).not.toBe(spans[index - 1]?.tier);
        }
      }),
    );
  });

  it("of one price, in however many parts, is that price; of several, between the least and the most of them", () => {
    const parts = fc.array(fc.tuple(fc.bigInt(0n, 10n ** 13n), fc.bigInt(1n, 10n ** 6n)), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(parts, fc.bigInt(0n, 10n ** 13n), (list, price) => {
        const seconds = list.map(([, amount]) => amount);
        const whole = seconds.reduce((sum, amount) => sum + amount, 0n);
        const total = (amounts: bigint[]) => amounts.reduce((sum, amount) => sum + amount, 0n);
        const same = prorate(
          seconds.map((amount) => ({ micros: price, seconds: amount })),
          whole,
        );
        expect(total(same)).toBe(price);
        const mixed = prorate(
          list.map(([micros, amount]) => ({ micros, seconds: amount })),
          whole,
        );
        const prices = list.map(([micros]) => micros);
        expect(prices.some((one) => one <= total(mixed)) && prices.some((one) => one >= total(mixed))).toBe(true);
        expect(mixed.every((amount) => amount >= 0n)).toBe(true);
      }),
    );
  });

  it("of what is included is between the least and the most of the plans, and the whole for a single plan", () => {
    fc.assert(
      fc.property(month, zone, changes, fc.constantFrom(...METERS), (first, timeZone, list, meter) => {
        const { start, end } = monthOf(first, timeZone);
        const spans = spansBetween(historyOf(list, start, end), start, end);
        const units = spans.map(({ tier: name }) => TIER_LIMITS[name].meters[meter].included);
        const included = includedIn(spans, TIER_LIMITS, meter);
        if (units.includes(null)) {
          expect(included).toBe(null);
          return;
        }
        const known = units as number[];
        expect(included).toBeGreaterThanOrEqual(Math.min(...known));
        expect(included).toBeLessThanOrEqual(Math.max(...known));
      }),
    );
  });
});

describe("periods", () => {
  it("follow each other without a gap, each as long as its month, also over 29 February and changes of the clocks", () => {
    fc.assert(
      fc.property(month, zone, fc.double({ min: 0, max: 1, noNaN: true }), (first, timeZone, part) => {
        const { start, end } = monthOf(first, timeZone);
        const made = new Date(Math.min(start.getTime() + part * (end.getTime() - start.getTime()), end.getTime() - 1));
        const account = {
          orgId: "org",
          month: null,
          firstMonth: null,
          periodStart: made,
          periodEnd: null,
          scheduledTier: null,
          billingName: null,
          billingAddress: null,
          billingEmail: null,
          customerId: null,
          paymentMethodId: null,
          overdueSince: null,
          planDeferredAt: null,
        };
        let period = periodOf(account, timeZone);
        expect(period).toMatchObject({ month: first, start: made, end });
        for (let n = 0; n < 15; n++) {
          expect(periodsAt(new Date(period.end.getTime() - 1), timeZone).month).toBe(period.month);
          expect(periodsAt(period.end, timeZone).month).toBe(nextMonth(period.month));
          const before = period;
          const next = { month: new Date(nextMonth(period.month)), firstMonth: new Date(period.firstMonth) };
          period = periodOf({ ...account, ...next, periodStart: period.end }, timeZone);
          expect(period.start).toEqual(before.end);
          expect(period.monthStart).toEqual(before.end);
        }
      }),
    );
  });

  it("in February have 28 or 29 days, and an hour more or less where the clocks are changed", () => {
    const hours = (first: string, timeZone: string) => {
      const { start, end } = monthOf(first, timeZone);
      return Number(secondsBetween(start, end)) / 3_600;
    };
    expect(hours("2027-02-01", "UTC")).toBe(28 * 24);
    expect(hours("2028-02-01", "UTC")).toBe(29 * 24);
    expect(hours("2027-03-01", "Europe/Berlin")).toBe(31 * 24 - 1);
    expect(hours("2027-10-01", "Europe/Berlin")).toBe(31 * 24 + 1);
  });
});

describe("lines", () => {
  const group = (meter: Meter): fc.Arbitrary<UsageAtPrice> =>
    fc.oneof(
      fc
        .tuple(fc.bigInt(0n, 500_000n), fc.bigInt(-1_000n, 10n ** 7n), fc.bigInt(0n, 10n ** 6n))
        .map(([unitMicros, billable, free]) => {
          const charged = unitMicros === 0n ? 0n : billable;
          return { meter, unitMicros, billable: charged, quantity: charged + free, micros: charged * unitMicros };
        }),
      fc
        .tuple(fc.bigInt(-9n, 9n), fc.bigInt(-(10n ** 6n), 10n ** 6n))
        .map(([billable, micros]) => ({ meter, unitMicros: null, billable, quantity: billable, micros })),
    );
  const usage = fc.uniqueArray(
    fc.constantFrom(...METERS).chain((meter) => group(meter)),
    { maxLength: 25, selector: ({ meter, unitMicros }) => `${meter} ${unitMicros}` },
  );
  const corrections = fc.array(
    fc.record({
      month: fc.constant("2026-12-01"),
      meter: fc.constantFrom(...METERS),
      quantity: fc.bigInt(-100n, 100n),
      billable: fc.bigInt(-100n, 100n),
      micros: fc.bigInt(-(10n ** 9n), 10n ** 9n),
    }),
    { maxLength: 6 },
  );

  it("always add up to the total, each to its units times its price; nothing is lost but by a line that says so", () => {
    fc.assert(
      fc.property(
        changes,
        usage,
        corrections,
        fc.bigInt(-(10n ** 10n), 10n ** 10n),
        fc.constantFrom(0, 50),
        (list, used, corrected, carriedMicros, minimumCents) => {
          const { start, end } = monthOf("2027-01-01", "UTC");
          const spans = spansBetween(historyOf(list, start, end), start, end);
          const monthSeconds = secondsBetween(start, end);
          const bill = { month: "2027-01-01", plans: TIER_LIMITS, spans, calendar: spans, monthSeconds };
          const { lines, totalMicros, totalCents } = statementOf({
            ...bill,
            usage: used,
            corrections: corrected,
            carriedMicros,
            minimumCents,
          });
          expect(sumOf(lines)).toBe(totalMicros);
          for (const line of lines) expect(line.billable * line.unitMicros).toBe(line.amountMicros);
          expect(totalMicros >= 0n).toBe(true);
          expect(totalCents).toBe(microsToCents(totalMicros));
          expect(totalCents === 0 || totalCents >= minimumCents).toBe(true);
          // What is on it of usage is what was used; what is carried is the rest of it, exactly.
          const amounts = (kind: string) => sumOf(lines.filter((line) => line.kind === kind));
          expect(amounts("usage")).toBe(used.reduce((sum, { micros }) => sum + micros, 0n));
          expect(amounts("correction")).toBe(corrected.reduce((sum, { micros }) => sum + micros, 0n));
          const owed = amounts("plan") + amounts("usage") + amounts("correction") + carriedMicros;
          expect(totalMicros === owed || totalMicros === 0n).toBe(true);
        },
      ),
    );
  });

  it("carry a credit, and an amount that is too small to be collected, to the next invoice, and take it up there", () => {
    const none = { month: "2027-01-01", plans: TIER_LIMITS, spans: [], calendar: [], monthSeconds: 1n, usage: [] };
    const correction = (micros: bigint) => [
      { month: "2026-12-01", meter: "email_sent" as const, quantity: 0n, billable: 1n, micros },
    ];
    for (const amount of [-700n, 499_999n - 10_000n]) {
      const bill = { ...none, corrections: correction(amount), carriedMicros: 0n, minimumCents: 50 };
      const { lines, totalMicros } = statementOf(bill);
      expect(totalMicros).toBe(0n);
      const left = -sumOf(lines.filter(({ kind }) => kind === "carry"));
      expect(left).toBe(amount);
      const next = statementOf({ ...none, corrections: correction(10n ** 6n), carriedMicros: left, minimumCents: 50 });
      expect(next.totalMicros).toBe(10n ** 6n + amount);
    }
  });
});
