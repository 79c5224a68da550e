export const TIERS = ["FREE", "STARTER", "GROWTH", "SCALE", "ENTERPRISE"] as const;
export type Tier = (typeof TIERS)[number];

/** What is metered and may be charged, in units of: mails, messages, started minutes, calls, numbers, credentials, GB. */
export const METERS = [
  "email_sent",
  "sms_sent",
  "sms_received",
  "voice_minutes_basic",
  "voice_minutes_premium",
  "voice_calls",
  "phone_numbers",
  "vault_credentials",
  "storage_gb",
] as const;
export type Meter = (typeof METERS)[number];

/** What a plan says of a meter, a month. Prices are in micro-units: 1,000,000 are one unit of the currency. */
export type MeterTerms = {
  /** Units that the plan's price covers; null: all of them. */
  included: number | null;
  /** What a unit beyond them costs. */
  unitMicros: number;
  /** Units that the plan allows at all; null: no limit of the plan's. */
  quota: number | null;
  /** The same of a day. */
  dailyQuota: number | null;
};

export type Plan = {
  name: string;
  priceCents: number;
  requestsPerSecond: number;
  requestsPerMinute: number;
  /** null: unlimited */
  agents: number | null;
  /**
   * The monthly cap of each channel until the organisation sets its own; null: none. It is the plan's price: a loop in
   * the first night may cost as much again, not more.
   */
  defaultCapCents: number | null;
  meters: Record<Meter, MeterTerms>;
};
export type Plans = Record<Tier, Plan>;

/** Nothing can be billed to a free organisation: what is included is all there is. */
const only = (units: number): MeterTerms => ({ included: units, unitMicros: 0, quota: units, dailyQuota: null });
const metered = (included: number | null, unitMicros: number): MeterTerms => ({
  included,
  unitMicros,
  quota: null,
  dailyQuota: null,
});
/** A day may use a fifth of the month's: no loop of one night takes them all. */
const capped = (units: number, unitMicros: number): MeterTerms => ({
  included: units,
  unitMicros,
  quota: units,
  dailyQuota: Math.ceil(units / 5),
});

// Prices are those of the table that has a Scale plan (June and July 2026), without its promotions. That table has no
// price of mail, of calls beyond the included ones, and no mails a month: those are of the later one (August 2026), and
// Scale's mails, in neither, are four times Growth's, as its calls are. Calls a month are a limit in both; that
// there is one of a day too is older (April 2026), and its numbers are ours.
const MAIL = 500;
const SMS_OUT = 15_000;
const SMS_IN = 10_000;
const BASIC_MINUTE = 80_000;
const PREMIUM_MINUTE = 180_000;
const CALL = 30_000;
const NUMBER = 2_000_000;
const CREDENTIAL = 1_000;

/** What each plan allows, includes and costs. The one place where these numbers stand; PLANS_FILE replaces single ones. */
export const TIER_LIMITS: Plans = {
  FREE: {
    name: "Free",
    priceCents: 0,
    requestsPerSecond: 100,
    requestsPerMinute: 60,
    agents: 3,
    defaultCapCents: null,
    meters: {
      email_sent: only(3_000),
      sms_sent: only(10),
      sms_received: only(10),
      voice_minutes_basic: only(10),
      voice_minutes_premium: only(0),
      voice_calls: capped(20, 0),
      phone_numbers: only(1),
      vault_credentials: only(20),
      storage_gb: only(5),
    },
  },
  STARTER: {
    name: "Starter",
    priceCents: 2_900,
    requestsPerSecond: 100,
    requestsPerMinute: 300,
    agents: 25,
    defaultCapCents: 2_900,
    meters: {
      email_sent: metered(25_000, MAIL),
      sms_sent: metered(500, SMS_OUT),
      sms_received: metered(500, SMS_IN),
      voice_minutes_basic: metered(100, BASIC_MINUTE),
      voice_minutes_premium: metered(10, PREMIUM_MINUTE),
      voice_calls: capped(250, CALL),
      phone_numbers: metered(1, NUMBER),
      vault_credentials: metered(500, CREDENTIAL),
      storage_gb: metered(null, 0),
    },
  },
  GROWTH: {
    name: "Growth",
    priceCents: 9_900,
    requestsPerSecond: 500,
    requestsPerMinute: 1_500,
    agents: 100,
    defaultCapCents: 9_900,
    meters: {
      email_sent: metered(250_000, MAIL),
      sms_sent: metered(5_000, SMS_OUT),
      sms_received: metered(5_000, SMS_IN),
      voice_minutes_basic: metered(500, BASIC_MINUTE),
      voice_minutes_premium: metered(100, PREMIUM_MINUTE),
      voice_calls: capped(1_000, CALL),
      phone_numbers: metered(3, NUMBER),
      vault_credentials: metered(5_000, CREDENTIAL),
      storage_gb: metered(null, 0),
    },
  },
  SCALE: {
    name: "Scale",
    priceCents: 24_900,
    requestsPerSecond: 2_000,
    requestsPerMinute: 6_000,
    agents: 500,
    defaultCapCents: 24_900,
    meters: {
      email_sent: metered(1_000_000, MAIL),
      sms_sent: metered(25_000, SMS_OUT),
      sms_received: metered(25_000, SMS_IN),
      voice_minutes_basic: metered(1_500, BASIC_MINUTE),
      voice_minutes_premium: metered(300, PREMIUM_MINUTE),
      voice_calls: capped(4_000, CALL),
      phone_numbers: metered(10, NUMBER),
      vault_credentials: metered(25_000, CREDENTIAL),
      storage_gb: metered(null, 0),
    },
  },
  // "From $999 a month, plus usage", the rest negotiated: write what was agreed into PLANS_FILE.
  ENTERPRISE: {
    name: "Enterprise",
    priceCents: 99_900,
    requestsPerSecond: 10_000,
    requestsPerMinute: 60_000,
    agents: null,
    defaultCapCents: null,
    meters: {
      email_sent: metered(0, MAIL),
      sms_sent: metered(0, SMS_OUT),
      sms_received: metered(0, SMS_IN),
      voice_minutes_basic: metered(0, BASIC_MINUTE),
      voice_minutes_premium: metered(0, PREMIUM_MINUTE),
      voice_calls: capped(20_000, CALL),
      phone_numbers: metered(0, NUMBER),
      vault_credentials: metered(0, CREDENTIAL),
      storage_gb: metered(null, 0),
    },
  },
};
