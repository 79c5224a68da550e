import fc from "fast-check";
import { expect, it } from "vitest";
import { billableUnits, centsToMicros, microsToCents, priceOf, totalOf } from "./money.ts";

const terms = fc.record({
  included: fc.option(fc.nat(50)),
  unitMicros: fc.nat(1_000_000),
  quota: fc.constant(null),
  dailyQuota: fc.constant(null),
});
const orders = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 40 });

it("however units are ordered, the sum of the lines is the total, and the total is what one order would cost", () => {
  fc.assert(
    fc.property(terms, orders, (plan, units) => {
      let used = 0n;
      const lines = units.map((count) => {
        const line = {
          units: BigInt(count),
          billable: billableUnits(plan, used, BigInt(count)),
          micros: priceOf(plan, used, BigInt(count)),
        };
        used += BigInt(count);
        expect(line.billable >= 0n && line.billable <= line.units).toBe(true);
        return line;
      });
      expect(totalOf(lines)).toBe(priceOf(plan, 0n, used));
      expect(totalOf(lines.toReversed())).toBe(totalOf(lines));
    }),
  );
});

it("what is given back costs as if it had never been", () => {
  fc.assert(
    fc.property(terms, fc.nat(200), fc.nat(100), (plan, before, more) => {
      const [used, units] = [BigInt(before), BigInt(more)];
      expect(priceOf(plan, used, units) + priceOf(plan, used + units, -units)).toBe(0n);
    }),
  );
});

it("cents are rounded once, up: never less than what is owed, and by less than a cent", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (micros) => {
      const cents = microsToCents(micros);
      expect(Number.isSafeInteger(cents)).toBe(true);
      const difference = centsToMicros(cents) - micros;
      expect(difference >= 0n && difference < 10_000n).toBe(true);
    }),
  );
  expect([0n, 1n, 10_000n, 10_001n, -1n, -10_000n].map(microsToCents)).toEqual([0, 1, 1, 2, 0, -1]);
});
