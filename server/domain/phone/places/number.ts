import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/max";

/** What a number is, by the numbering plans. `country` is null where it belongs to none (satellites, +800). */
export type KnownNumber = { e164: string; country: string | null; kind: string };
/** Why something is no number that can be called. */
export type NumberProblem = "invalid" | "emergency" | "short" | "premium";
export type ParsedNumber =
  | { number: KnownNumber; problem: null }
  | { number: KnownNumber | null; problem: NumberProblem };

// Emergency numbers of the countries of the world; nothing is ever dialled that consists of one.
const EMERGENCY = new Set([
  "000",
  "110",
  "111",
  "112",
  "113",
  "115",
  "117",
  "118",
  "119",
  "122",
  "123",
  "133",
  "144",
  "190",
  "191",
  "192",
  "193",
  "911",
  "912",
  "988",
  "999",
]);
const PREMIUM_KINDS = ["PREMIUM_RATE", "SHARED_COST"];
// Of the numbering plan of North America, but countries of their own in ISO 3166.
const US_TERRITORIES = ["PR", "VI", "GU", "MP", "AS"];
const MAX_LENGTH = 40;

/** Reads a number as people write it. @param region whose national form is understood, ISO 3166 */
export function parseNumber(text: string, region: string): ParsedNumber {
  const digits = text.replaceAll(/\D/g, "");
  if (text.length > MAX_LENGTH || /[^\d\s()+./-]/.test(text)) return { number: null, problem: "invalid" };
  if (EMERGENCY.has(digits) || (digits.startsWith("1") && EMERGENCY.has(digits.slice(1)))) {
    return { number: null, problem: "emergency" };
  }
  if (digits.length > 0 && digits.length < 7) return { number: null, problem: "short" };
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: region as CountryCode, extract: false });
  if (!parsed?.isValid()) return { number: null, problem: "invalid" };
  const number = { e164: parsed.number, country: countryOf(parsed.country), kind: parsed.getType() ?? "UNKNOWN" };
  // 976 is for pay-per-call services in every area code, which libphonenumber's plan does not say.
  const isPremium = PREMIUM_KINDS.includes(number.kind) || /^\+1\d{3}976/.test(number.e164);
  return isPremium ? { number, problem: "premium" } : { number, problem: null };
}

function countryOf(country: string | undefined): string | null {
  if (country === undefined) return null;
  return US_TERRITORIES.includes(country) ? "US" : country;
}

/** The country of a number of ours, in E.164. */
export function countryOfNumber(e164: string): string | null {
  return countryOf(parsePhoneNumberFromString(e164)?.country);
}

/** A number in E.164, where it is a valid one. For what people list, not for what is called. */
export function normalizeNumber(text: string, region = "US"): string | null {
  // The usual case, without a parser: a list may have a million of them. After a plus, only +1 is North America:
  // +45 22 34 56 78 has ten digits too.
  const plain = /^(\+1|1?)([2-9]\d{2}[2-9]\d{6})$/.exec(text.replaceAll(/[\s().-]/g, ""));
  if (plain && (region === "US" || plain[1] === "+1")) return `+1${plain[2]}`;
  if (text.length > MAX_LENGTH) return null;
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: region as CountryCode, extract: false });
  return parsed?.isPossible() ? parsed.number : null;
}

/** A number in E.164 as people read it: `+1 415 555 0200`. */
export function displayNumber(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}
