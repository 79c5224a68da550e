import type { Meter, Tier } from "#server/platform/tiers.ts";
import type { LimitReached } from "../billing/spend.ts";
import type { Services } from "../context.ts";
import type { CallTier } from "./schemas.ts";

/** A minute that was begun is a minute of the meter. */
const MINUTE_S = 60;

export function minutesOf(seconds: number): number {
  return Math.ceil(seconds / MINUTE_S);
}

export function meterOf(tier: CallTier): Meter {
  return `voice_minutes_${tier}`;
}

/**
 * How many minutes a limit that has refused still allows, so that a call may be as long as they are. 0 where it is not
 * about minutes.
 */
export function minutesLeft(services: Services, tier: CallTier, plan: Tier, { shortage }: LimitReached): number {
  if (shortage.meter === "voice_calls") return 0;
  const limit = shortage.limits[shortage.limit];
  if (limit === null) return 0;
  const left = limit - shortage.used[shortage.limit];
  if (shortage.limit.endsWith("units")) return Math.max(0, left);
  const terms = services.config.plans[plan].meters[meterOf(tier)];
  return terms.unitMicros === 0 ? 0 : Math.max(0, Math.floor(left / terms.unitMicros));
}
