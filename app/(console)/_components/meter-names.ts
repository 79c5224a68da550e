import type { Meter } from "#server/platform/tiers.ts";

/** Meters as people call them. */
export const METER_NAMES: Record<Meter, string> = {
  email_sent: "Mail sent",
  sms_sent: "SMS sent",
  sms_received: "SMS received",
  voice_minutes_basic: "Voice minutes, basic",
  voice_minutes_premium: "Voice minutes, premium",
  voice_calls: "Calls",
  phone_numbers: "Phone numbers",
  vault_credentials: "Vault credentials",
  storage_gb: "Storage, GB",
};

/** The same of a name that came as text. */
export function meterName(meter: string): string {
  return METER_NAMES[meter as Meter] ?? meter;
}
