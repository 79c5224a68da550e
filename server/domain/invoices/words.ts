import type { Meter } from "#server/platform/tiers.ts";

/** What a meter is called on an invoice. */
export const METER_NAMES: Record<Meter, string> = {
  email_sent: "Mails sent",
  sms_sent: "SMS sent",
  sms_received: "SMS received",
  voice_minutes_basic: "Voice minutes, basic",
  voice_minutes_premium: "Voice minutes, premium",
  voice_calls: "Voice calls",
  phone_numbers: "Phone numbers",
  vault_credentials: "Vault credentials",
  storage_gb: "Storage, GB",
};

/** `2027-01-01` -> `January 2027` */
export function monthName(month: string): string {
  const format = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });
  return format.format(new Date(`${month}T00:00:00Z`));
}

/** `17` -> `INV-000017` */
export function invoiceNumber(number: number): string {
  return `INV-${String(number).padStart(6, "0")}`;
}

/** Micro-units as an exact decimal with at least two places: `1_500n` is `0.0015`, `29_000_000n` with USD `29.00 USD`. */
export function formatMicros(micros: bigint, currency: string | null): string {
  const amount = micros < 0n ? -micros : micros;
  const places = (amount % 1_000_000n)
    .toString()
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  const text = `${micros < 0n ? "-" : ""}${formatUnits(amount / 1_000_000n)}.${places}`;
  return currency === null ? text : `${text} ${currency}`;
}

export function formatUnits(units: bigint): string {
  return units.toLocaleString("en");
}

/** The date that an instant has in a time zone: `31 January 2027`. */
export function dayIn(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone }).format(at);
}
