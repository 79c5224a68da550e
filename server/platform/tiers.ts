export const TIERS = ["FREE", "STARTER", "GROWTH", "SCALE", "ENTERPRISE"] as const;
export type Tier = (typeof TIERS)[number];

type TierLimits = {
  requestsPerSecond: number;
  requestsPerMinute: number;
  /** null: unlimited */
  agents: number | null;
  /** null: negotiated, no limit of ours */
  emailsPerMonth: number | null;
  priceCents: number;
};

/** What each plan allows. The one place where these numbers stand. */
export const TIER_LIMITS: Record<Tier, TierLimits> = {
  FREE: { requestsPerSecond: 100, requestsPerMinute: 60, agents: 3, emailsPerMonth: 3_000, priceCents: 0 },
  STARTER: { requestsPerSecond: 100, requestsPerMinute: 300, agents: 25, emailsPerMonth: 25_000, priceCents: 2_900 },
  GROWTH: { requestsPerSecond: 500, requestsPerMinute: 1_500, agents: 100, emailsPerMonth: 250_000, priceCents: 9_900 },
  SCALE: { requestsPerSecond: 2_000, requestsPerMinute: 6_000, agents: 500, emailsPerMonth: null, priceCents: 24_900 },
  ENTERPRISE: {
    requestsPerSecond: 10_000,
    requestsPerMinute: 60_000,
    agents: null,
    emailsPerMonth: null,
    priceCents: 99_900,
  },
};
