import { METERS, type Meter } from "#server/platform/tiers.ts";

/** What this server can do so far. */
export const OFFERED_METERS: readonly Meter[] = [
  "email_sent",
  "sms_sent",
  "sms_received",
  "voice_minutes_basic",
  "voice_minutes_premium",
  "voice_calls",
  "phone_numbers",
];

/** What can be capped. A cap's money is all that its meters cost together. */
export const CAP_METERS = ["email", "sms", "voice"] as const;
export type CapMeter = (typeof CAP_METERS)[number];

/** The cap that a meter falls under, and whether its units are the cap's units (for voice: minutes, not calls). */
const CAP_OF: Record<Meter, { cap: CapMeter; countsUnits: boolean } | null> = {
  email_sent: { cap: "email", countsUnits: true },
  sms_sent: { cap: "sms", countsUnits: true },
  sms_received: { cap: "sms", countsUnits: true },
  voice_minutes_basic: { cap: "voice", countsUnits: true },
  voice_minutes_premium: { cap: "voice", countsUnits: true },
  voice_calls: { cap: "voice", countsUnits: false },
  phone_numbers: null,
  vault_credentials: null,
  storage_gb: null,
};

export function capOf(meter: Meter): { cap: CapMeter; countsUnits: boolean } | null {
  return CAP_OF[meter];
}

/** The meters under a cap, in the one order in which they are locked. */
export function metersOf(cap: CapMeter): Meter[] {
  return METERS.filter((meter) => CAP_OF[meter]?.cap === cap).sort();
}

/** What is held and recorded once a month, not used up by the day. */
const BY_MONTH: readonly Meter[] = ["phone_numbers", "vault_credentials"];

export function isByMonth(meter: Meter): boolean {
  return BY_MONTH.includes(meter);
}

/** What is counted beside what may be charged: inbound mail is free. */
export const FREE_METERS = ["email_received"] as const;
export type UsageMeter = Meter | (typeof FREE_METERS)[number];

/** What an unpaid invoice may keep to what is included: what an agent does. What it receives or holds is never stopped. */
const STOPPED_WHEN_OVERDUE: readonly Meter[] = [
  "email_sent",
  "sms_sent",
  "voice_minutes_basic",
  "voice_minutes_premium",
  "voice_calls",
];

export function isStoppedWhenOverdue(meter: Meter): boolean {
  return STOPPED_WHEN_OVERDUE.includes(meter);
}
