const MINUTE = 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in a time zone shows at an instant: `2026-03-01T09:30:00`. @param instant milliseconds since 1970 */
export function wallClock(instant: number, timeZone: string): string {
  return new Date(instant + offsetAt(instant, timeZone)).toISOString().slice(0, 19);
}

/**
 * The instant at which a clock in a time zone shows a time. Of an hour that comes twice the first is meant; one that is
 * skipped as clocks are set forward is read as if they had not been yet.
 *
 * @param shown `2026-03-01T09:30` or with seconds
 * @returns milliseconds since 1970; NaN where it is no time
 */
export function instantOfWallClock(shown: string, timeZone: string): number {
  const asUtc = Date.parse(`${shown}Z`);
  if (Number.isNaN(asUtc)) return Number.NaN;
  const day = 24 * 60 * MINUTE;
  const candidates = [offsetAt(asUtc - day, timeZone), offsetAt(asUtc + day, timeZone)].map((offset) => asUtc - offset);
  const shows = candidates.filter((instant) => instant + offsetAt(instant, timeZone) === asUtc);
  return shows.length > 0 ? Math.min(...shows) : (candidates[0] ?? Number.NaN);
}

/** How far the zone is ahead of UTC, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat("en-GB", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  return shown - Math.floor(instant / 1_000) * 1_000;
}
