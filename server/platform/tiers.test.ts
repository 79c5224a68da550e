import { expect, it } from "vitest";
import { METERS, TIER_LIMITS, TIERS } from "./tiers.ts";

it("the plans allow what is promised", () => {
  expect(TIERS.map((tier) => TIER_LIMITS[tier].requestsPerSecond)).toEqual([100, 100, 500, 2_000, 10_000]);
  expect(TIERS.map((tier) => TIER_LIMITS[tier].requestsPerMinute)).toEqual([60, 300, 1_500, 6_000, 60_000]);
});

it("a dearer plan never allows less", () => {
  const unlimited = (value: number | null) => value ?? Number.POSITIVE_INFINITY;
  for (const [index, tier] of TIERS.slice(1).entries()) {
    const [less, more] = [TIER_LIMITS[TIERS[index] as (typeof TIERS)[number]], TIER_LIMITS[tier]];
    expect(more.requestsPerSecond).toBeGreaterThanOrEqual(less.requestsPerSecond);
    expect(more.requestsPerMinute).toBeGreaterThan(less.requestsPerMinute);
    expect(unlimited(more.agents)).toBeGreaterThan(unlimited(less.agents));
    expect(more.priceCents).toBeGreaterThan(less.priceCents);
    for (const meter of METERS) {
      expect(unlimited(more.meters[meter].quota)).toBeGreaterThanOrEqual(unlimited(less.meters[meter].quota));
      // What Enterprise includes is negotiated.
      if (tier !== "ENTERPRISE") {
        expect(unlimited(more.meters[meter].included)).toBeGreaterThanOrEqual(unlimited(less.meters[meter].included));
      }
    }
  }
});

it("a free organisation is never charged: what is included is all that it may use", () => {
  for (const meter of METERS) {
    const { included, quota, unitMicros } = TIER_LIMITS.FREE.meters[meter];
    expect([quota, unitMicros]).toEqual([included, 0]);
  }
});
