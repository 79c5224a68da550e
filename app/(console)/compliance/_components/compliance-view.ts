import { createParser, type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";

export const TABS = [
  ["consents", "Consents"],
  ["do-not-call", "Do not call"],
  ["opt-outs", "Opt-outs"],
  ["hours", "Calling hours"],
  ["refusals", "Refusals"],
  ["clock", "Sandbox clock"],
] as const;
export type TabName = (typeof TABS)[number][0];

/** An instant in ISO 8601; anything else is none. */
const parseAsInstant = createParser({
  parse: (text) => (Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString()),
  serialize: (instant) => instant,
});

/** What of the page is in the address bar. */
export const complianceView = {
  tab: parseAsStringLiteral(TABS.map(([name]) => name)).withDefault("consents"),
  /** A number that is searched for, as it was typed. */
  number: parseAsString.withDefault(""),
  /** Of the hours: the instant that is looked at; null: now. */
  at: parseAsInstant,
  channel: parseAsStringLiteral(["voice", "sms"]).withDefault("voice"),
  show: parseAsStringLiteral(["map", "table"]).withDefault("map"),
  /** The state that is looked at closely. */
  state: parseAsString,
  refused: parseAsStringLiteral(["all", "voice", "sms"]).withDefault("all"),
};
type View = inferParserType<typeof complianceView>;

/** The input of a list; the page prefetches what the list then reads. */
export const LIST = { limit: 50 };

// As many as the shortest number that is called has.
const LEAST_DIGITS = 7;

/** Whether what was typed may be a whole number: what is shorter is not asked about. */
export function isWhole(number: string): boolean {
  return number.replaceAll(/\D/g, "").length >= LEAST_DIGITS;
}

export function numbersInput({ number }: Pick<View, "number">) {
  return isWhole(number) ? { ...LIST, phoneNumber: number } : LIST;
}

export function hoursInput({ at, channel }: Pick<View, "at" | "channel">) {
  return { channel, ...(at === null ? {} : { at }) };
}

export function refusalsInput({ refused }: Pick<View, "refused">) {
  return refused === "all" ? LIST : { ...LIST, channel: refused };
}
