import type { Meter, Tier } from "#server/platform/tiers.ts";
import { LimitReached } from "../billing/spend.ts";
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

type Wanted = { tier: CallTier; plan: Tier; minutes: number };

/**
 * Tries for as many minutes as are wanted, then for as many as the limit leaves that has refused: the next one may leave
 * fewer. LimitReached where one leaves none.
 */
export async function withMinutesLeft<T>(
  services: Services,
  wanted: Wanted,
  attempt: (minutes: number) => Promise<T>,
): Promise<T> {
  for (let minutes = wanted.minutes; ; ) {
    try {
      return await attempt(minutes);
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error;
      // Fewer in any case: the price may have changed meanwhile.
      minutes = Math.min(minutesLeft(services, wanted, error), minutes - 1);
      if (minutes <= 0) throw error;
    }
  }
}

/** How many minutes a limit that has refused still allows. 0 where it is not about minutes. */
function minutesLeft({ config }: Services, { tier, plan }: Wanted, { shortage }: LimitReached): number {
  const limit = shortage.limits[shortage.limit];
  if (shortage.meter === "voice_calls" || limit === null) return 0;
  const left = limit - shortage.used[shortage.limit];
  if (shortage.limit.endsWith("units")) return left;
  const { unitMicros } = config.plans[plan].meters[meterOf(tier)];
  if (unitMicros === 0) return 0;
  const included = shortage.units - Math.ceil(shortage.micros / unitMicros);
  return included + Math.max(0, Math.floor(left / unitMicros));
}
