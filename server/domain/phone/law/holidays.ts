/** A public holiday, by the rule that its date follows. `weekday`: 0 is Sunday. */
type Rule =
  | { kind: "date"; month: number; day: number }
  /** The nth such weekday of a month; -1: the last one. */
  | { kind: "weekday"; month: number; weekday: number; nth: number }
  /** Days from Easter Sunday. */
  | { kind: "easter"; days: number }
  /** The day after the fourth Thursday of November. */
  | { kind: "after_thanksgiving" }
  /** The Tuesday after the first Monday of November, in even years. */
  | { kind: "election" };

export type Holiday = { name: string } & Rule;

const on = (name: string, month: number, day: number): Holiday => ({ name, kind: "date", month, day });
const nth = (name: string, which: number, weekday: number, month: number): Holiday => ({
  name,
  kind: "weekday",
  month,
  weekday,
  nth: which,
});
const [MONDAY, THURSDAY] = [1, 4];

export const NEW_YEAR = on("New Year's Day", 1, 1);
export const KING = nth("Martin Luther King Day", 3, MONDAY, 1);
export const WASHINGTON = nth("Washington's Birthday", 3, MONDAY, 2);
export const MARDI_GRAS: Holiday = { name: "Mardi Gras", kind: "easter", days: -47 };
export const GOOD_FRIDAY: Holiday = { name: "Good Friday", kind: "easter", days: -2 };
export const CONFEDERATE_MEMORIAL = nth("Confederate Memorial Day", 4, MONDAY, 4);
export const MEMORIAL = nth("Memorial Day", -1, MONDAY, 5);
export const JEFFERSON_DAVIS = nth("Jefferson Davis' Birthday", 1, MONDAY, 6);
export const JUNETEENTH = on("Juneteenth", 6, 19);
export const INDEPENDENCE = on("Independence Day", 7, 4);
export const VICTORY = nth("Victory Day", 2, MONDAY, 8);
export const LABOR = nth("Labor Day", 1, MONDAY, 9);
export const COLUMBUS = nth("Columbus Day", 2, MONDAY, 10);
export const ALL_SAINTS = on("All Saints' Day", 11, 1);
export const ELECTION: Holiday = { name: "Election Day", kind: "election" };
export const VETERANS = on("Veterans Day", 11, 11);
export const THANKSGIVING = nth("Thanksgiving Day", 4, THURSDAY, 11);
export const ACADIAN: Holiday = { name: "Acadian Day", kind: "after_thanksgiving" };
export const CHRISTMAS = on("Christmas Day", 12, 25);
export const BATTLE_OF_NEW_ORLEANS = on("Battle of New Orleans", 1, 8);

/** What a state does with a holiday of a weekend: the day itself always counts as well. */
export type Moves = { saturdayToFriday: boolean; sundayToMonday: boolean };

const known = new Map<string, Map<string, string>>();

/**
 * The holidays of a year by their dates, with the days on which those of a weekend are kept.
 *
 * @param key names the list: what was worked out for it is kept
 */
export function holidaysOf(key: string, holidays: readonly Holiday[], moves: Moves, year: number): Map<string, string> {
  const id = `${key} ${year}`;
  const found = known.get(id) ?? workOut(holidays, moves, year);
  known.set(id, found);
  return found;
}

function workOut(holidays: readonly Holiday[], moves: Moves, year: number): Map<string, string> {
  const dates = new Map<string, string>();
  // New Year's Day of the next year may be kept on the last day of this one.
  for (const holiday of [...holidays, ...holidays.map((next) => ({ ...next, next: true }))]) {
    const time = dateOf(holiday, "next" in holiday ? year + 1 : year);
    if (time === null) continue;
    const weekday = new Date(time).getUTCDay();
    add(dates, year, time, holiday.name);
    if (weekday === 6 && moves.saturdayToFriday) add(dates, year, time - DAY_MS, `${holiday.name} (observed)`);
    if (weekday === 0 && moves.sundayToMonday) add(dates, year, time + DAY_MS, `${holiday.name} (observed)`);
  }
  return dates;
}

const DAY_MS = 86_400_000;

function add(dates: Map<string, string>, year: number, time: number, name: string): void {
  const date = new Date(time);
  if (date.getUTCFullYear() === year) dates.set(date.toISOString().slice(0, 10), name);
}

function dateOf(holiday: Holiday, year: number): number | null {
  switch (holiday.kind) {
    case "date":
      return Date.UTC(year, holiday.month - 1, holiday.day);
    case "weekday":
      return nthWeekday(year, holiday.month, holiday.weekday, holiday.nth);
    case "easter":
      return easter(year) + holiday.days * DAY_MS;
    case "after_thanksgiving":
      return nthWeekday(year, 11, THURSDAY, 4) + DAY_MS;
    case "election":
      return year % 2 === 0 ? nthWeekday(year, 11, MONDAY, 1) + DAY_MS : null;
  }
}

function nthWeekday(year: number, month: number, weekday: number, which: number): number {
  if (which === -1) {
    const last = new Date(Date.UTC(year, month, 0));
    return last.getTime() - ((last.getUTCDay() - weekday + 7) % 7) * DAY_MS;
  }
  const first = new Date(Date.UTC(year, month - 1, 1));
  return first.getTime() + (((weekday - first.getUTCDay() + 7) % 7) + (which - 1) * 7) * DAY_MS;
}

/** Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher). */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  const day = ((h + l - 7 * m + 114) % 31) + 1;
  return Date.UTC(year, month - 1, day);
}
