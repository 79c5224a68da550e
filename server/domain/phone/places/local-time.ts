const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;

/** The wall clock of a zone. `weekday`: 0 is Sunday. `minute` of the day, whole: 20:59:59 is 1259. */
export type LocalTime = { date: string; weekday: number; minute: number };

type Span = { from: number; offset: number };
// The gates ask for many zones at once, and Intl takes a microsecond or more for each: a year of a zone is looked up once.
const years = new Map<string, Span[]>();
const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of a zone show at an instant, by the IANA database, summer time included. */
export function localTime(time: number, zone: string): LocalTime {
  const wall = new Date(time + offsetAt(time, zone));
  return {
    date: wall.toISOString().slice(0, 10),
    weekday: wall.getUTCDay(),
    minute: wall.getUTCHours() * 60 + wall.getUTCMinutes(),
  };
}

/**
 * The instant at which the clocks of a zone show a date and minute. Of a time that is skipped when clocks are set forward:
 * as far behind the last moment before it. Of one that comes twice: the first.
 */
export function instantAt(date: string, minute: number, zone: string): number {
  const wall = Date.parse(`${date}T00:00:00Z`) + minute * 60_000;
  const before = wall - offsetAt(wall - DAY_MS, zone);
  return offsetAt(before, zone) === wall - before ? before : wall - offsetAt(wall + DAY_MS, zone);
}

/** How far the clocks of a zone are ahead of UTC, in milliseconds. */
export function offsetAt(time: number, zone: string): number {
  const year = new Date(time).getUTCFullYear();
  const key = `${zone} ${year}`;
  let spans = years.get(key);
  if (!spans) {
    spans = spansOf(year, zone);
    years.set(key, spans);
  }
  const current = spans.findLast((span) => span.from <= time);
  if (!current) throw new RangeError(`${new Date(time).toISOString()} is not in ${key}`);
  return current.offset;
}

/** The offsets of a year, each with the instant from which it holds. */
function spansOf(year: number, zone: string): Span[] {
  const end = Date.UTC(year + 1, 0, 1);
  let known = Date.UTC(year, 0, 1);
  const spans = [{ from: known, offset: lookUp(known, zone) }];
  for (let day = known + DAY_MS; day <= end; day += DAY_MS) {
    const offset = lookUp(day - SECOND_MS, zone);
    const last = spans.at(-1)?.offset;
    if (offset !== last) {
      let [before, after] = [known, day - SECOND_MS];
      while (after - before > SECOND_MS) {
        const middle = before + Math.floor((after - before) / 2 / SECOND_MS) * SECOND_MS;
        if (lookUp(middle, zone) === last) before = middle;
        else after = middle;
      }
      spans.push({ from: after, offset });
    }
    known = day - SECOND_MS;
  }
  return spans;
}

function lookUp(time: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / SECOND_MS) * SECOND_MS;
}
