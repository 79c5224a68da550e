/** A month and a day of an organisation's calendar, as SQL takes them: their first days, `2027-03-01` and `2027-03-09`. */
export type PeriodKeys = { month: string; day: string };
export type Period = "month" | "day";

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const current = new Map<string, { from: number; to: number; keys: PeriodKeys }>();

/** Whether a time zone has a name of the IANA database. Offsets such as +02:00, which have no daylight time, are none. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The name of a zone as the database writes it: `europe/berlin` is `Europe/Berlin`. */
export function canonicalZone(zone: string): string {
  return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
}

/** The month and day that an instant falls into, in a time zone. */
export function periodsAt(at: Date, zone: string): PeriodKeys {
  // Asked for every mail, and the same for a whole day.
  const known = current.get(zone);
  const time = at.getTime();
  if (known && time >= known.from && time < known.to) return known.keys;
  const day = localDate(time, zone);
  const keys = { month: `${day.slice(0, 7)}-01`, day };
  current.set(zone, { from: startOf(day, zone).getTime(), to: endOf("day", day, zone).getTime(), keys });
  return keys;
}

/** The instant at which a period (named by its first day) is over and the next one begins. */
export function endOf(period: Period, firstDay: string, zone: string): Date {
  const next = new Date(`${firstDay}T00:00:00Z`);
  if (period === "month") next.setUTCMonth(next.getUTCMonth() + 1);
  else next.setUTCDate(next.getUTCDate() + 1);
  return startOf(next.toISOString().slice(0, 10), zone);
}

/**
 * The first instant of a date: midnight, or where the clocks are set forward over midnight the first moment after it.
 * Found by halving, since the date of a zone never goes back: clocks that are set back at midnight repeat the hour
 * before it.
 */
export function startOf(date: string, zone: string): Date {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  let before = midnight - DAY_MS;
  let after = midnight + DAY_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localDate(middle, zone) < date) before = middle;
    else after = middle;
  }
  return new Date(after);
}

function localDate(time: number, zone: string): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
    formats.set(zone, format);
  }
  return format.format(time);
}
