const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is used, in micro-units or units, and when its period and the day end. */
export type Standing = {
  used: number;
  usedToday: number;
  /** The instant of which this is true. */
  asOf: number;
  dayEnds: number;
  periodEnds: number;
};

/** What was used today, over the part of the day that has passed: at least an hour, or one mail at midnight were 86,400. */
export function ratePerMs({ usedToday, asOf, dayEnds }: Pick<Standing, "usedToday" | "asOf" | "dayEnds">): number {
  const passed = Math.min(DAY_MS, Math.max(HOUR_MS, DAY_MS - (dayEnds - asOf)));
  return Math.max(0, usedToday) / passed;
}

/**
 * When a limit is reached if it goes on at today's rate.
 *
 * @returns an instant; "now" where it is reached already; "never" where not within its period
 */
export function reachedAt(limit: number, standing: Standing): number | "now" | "never" {
  if (limit === 0 || standing.used >= limit) return "now";
  const rate = ratePerMs(standing);
  if (rate === 0) return "never";
  const at = standing.asOf + (limit - standing.used) / rate;
  return at < standing.periodEnds ? at : "never";
}

/** A round number at or above, of which a slider has room: 1, 2 or 5 times a power of ten. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  const factor = [1, 2, 5, 10].find((each) => each * power >= value) ?? 10;
  return factor * power;
}

const ORDINALS = { one: "st", two: "nd", few: "rd", other: "th" } as const;
const ordinal = new Intl.PluralRules("en", { type: "ordinal" });

/** `the 19th`, or `14:05` within a day, in the organisation's calendar. */
export function reachText(at: number, period: "month" | "day", timeZone: string): string {
  if (period === "day") {
    return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(at);
  }
  const day = Number(new Intl.DateTimeFormat("en-GB", { day: "numeric", timeZone }).format(at));
  return `the ${day}${ORDINALS[ordinal.select(day) as keyof typeof ORDINALS] ?? "th"}`;
}
