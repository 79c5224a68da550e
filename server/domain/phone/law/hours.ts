import type { PhoneChannel } from "../gates/types.ts";
import type { Holiday, Moves } from "./holidays.ts";
import * as day from "./holidays.ts";

/** From when to when, in minutes of the day: from `from`, before `to`. null: not at all. */
export type Window = { from: number; to: number } | null;

export type HoursRule = {
  /** ISO 3166: a country, or a state of one. */
  region: string;
  weekdays: Window;
  saturday: Window;
  sunday: Window;
  /** null: like any other day. */
  holidays: { window: Window; list: readonly Holiday[]; moves: Moves } | null;
  /** The clock that the law names; null: that of the called person. */
  zone: string | null;
  channels: readonly PhoneChannel[];
  statute: string;
  /** Where the row is from: the words of the law, or tables of those who read it. Such a row should be read again before it is relied on. */
  source: "text" | "tables";
  note?: string;
};

const hours = (from: number, to: number): Window => ({ from: from * 60, to: to * 60 });
const every = (window: Window): Pick<HoursRule, "weekdays" | "saturday" | "sunday" | "holidays"> => ({
  weekdays: window,
  saturday: window,
  sunday: window,
  holidays: null,
});

const BOTH: readonly PhoneChannel[] = ["voice", "sms"];

const TO_MONDAY: Moves = { saturdayToFriday: false, sundayToMonday: true };
const TO_BOTH: Moves = { saturdayToFriday: true, sundayToMonday: true };

const ALABAMA = [
  day.NEW_YEAR,
  day.KING,
  day.WASHINGTON,
  day.MARDI_GRAS,
  day.CONFEDERATE_MEMORIAL,
  day.MEMORIAL,
  day.JEFFERSON_DAVIS,
  day.JUNETEENTH,
  day.INDEPENDENCE,
  day.LABOR,
  day.COLUMBUS,
  day.VETERANS,
  day.THANKSGIVING,
  day.CHRISTMAS,
];
const LOUISIANA = [
  day.NEW_YEAR,
  day.BATTLE_OF_NEW_ORLEANS,
  day.KING,
  day.WASHINGTON,
  day.MARDI_GRAS,
  day.GOOD_FRIDAY,
  day.MEMORIAL,
  day.JUNETEENTH,
  day.INDEPENDENCE,
  day.LABOR,
  day.COLUMBUS,
  day.ALL_SAINTS,
  day.ELECTION,
  day.VETERANS,
  day.THANKSGIVING,
  day.ACADIAN,
  day.CHRISTMAS,
];
const RHODE_ISLAND = [
  day.NEW_YEAR,
  day.KING,
  day.WASHINGTON,
  day.MEMORIAL,
  day.JUNETEENTH,
  day.INDEPENDENCE,
  day.VICTORY,
  day.LABOR,
  day.COLUMBUS,
  day.ELECTION,
  day.VETERANS,
  day.THANKSGIVING,
  day.CHRISTMAS,
];

/** What holds everywhere: no call and no text before 8:00 or after 21:00 where the called person is. */
export const FEDERAL: HoursRule = {
  region: "US",
  ...every(hours(8, 21)),
  zone: null,
  channels: BOTH,
  statute: "47 U.S.C. 227; 47 CFR 64.1200(c)(1)",
  source: "text",
  note: "Held in every country, unless its row is narrower.",
};

/**
 * Where the law is narrower. Sources differ on some rows: then the stricter one stands here. All of them are about
 * solicitation, some with exceptions for consent; they are held for every call all the same.
 */
export const NARROWER: readonly HoursRule[] = [
  {
    region: "US-AL",
    weekdays: hours(8, 20),
    saturday: hours(8, 20),
    sunday: null,
    holidays: { window: null, list: ALABAMA, moves: TO_BOTH },
    zone: null,
    channels: BOTH,
    statute: "Telephone Rules of the Ala. Public Service Commission; holidays: Ala. Code 1-3-8",
    source: "tables",
    note: "Mardi Gras is a holiday of Baldwin and Mobile counties, which area codes cannot tell apart.",
  },
  {
    region: "US-CT",
    ...every(hours(9, 20)),
    zone: null,
    channels: BOTH,
    statute: "Conn. Gen. Stat. 42-288a",
    source: "tables",
    note: "One table says until 21:00.",
  },
  {
    region: "US-FL",
    ...every(hours(8, 20)),
    zone: null,
    channels: BOTH,
    statute: "Fla. Stat. 501.616(6)(a)",
    source: "text",
    note: "At most three calls in 24 hours, (6)(b): see the gate of frequency.",
  },
  {
    region: "US-IL",
    ...every(hours(9, 21)),
    zone: null,
    channels: ["voice"],
    statute: "815 ILCS 305/15",
    source: "tables",
    note: "Of recorded voices. An agent's voice is an artificial one, which is held to the same (FCC 24-17).",
  },
  { region: "US-KY", ...every(hours(10, 21)), zone: null, channels: BOTH, statute: "KRS 367.46955", source: "tables" },
  {
    region: "US-LA",
    weekdays: hours(8, 20),
    saturday: hours(8, 20),
    sunday: null,
    holidays: { window: null, list: LOUISIANA, moves: TO_BOTH },
    zone: null,
    channels: BOTH,
    statute: "La. R.S. 45:844.11 et seq.; La. Public Service Commission, General Order R-29617, V(A)(2)",
    source: "text",
    note: "Hours and Sundays are of the order; the holidays are those of La. R.S. 1:55 as well as the Commission's. Neither days that the governor declares nor states of emergency, which forbid all calls, are in this table.",
  },
  {
    region: "US-MD",
    ...every(hours(8, 20)),
    zone: null,
    channels: BOTH,
    statute: "Md. Code, Com. Law 14-4501 et seq.",
    source: "tables",
  },
  {
    region: "US-MA",
    ...every(hours(8, 20)),
    zone: null,
    channels: BOTH,
    statute: "Mass. Gen. Laws c. 159C, 3; 201 CMR 12.02(2)",
    source: "text",
  },
  {
    region: "US-MI",
    ...every(hours(9, 21)),
    zone: null,
    channels: BOTH,
    statute: "MCL 445.111 et seq.",
    source: "tables",
  },
  {
    region: "US-MN",
    ...every(hours(9, 21)),
    zone: null,
    channels: BOTH,
    statute: "Minn. Stat. 325E.30",
    source: "tables",
  },
  {
    region: "US-MS",
    weekdays: hours(8, 20),
    saturday: hours(8, 20),
    sunday: null,
    holidays: null,
    zone: "America/Chicago",
    channels: BOTH,
    statute: "Miss. Code 77-3-723",
    source: "text",
    note: "Central time, whatever the clock of the called person shows.",
  },
  {
    region: "US-NV",
    ...every(hours(9, 20)),
    zone: null,
    channels: BOTH,
    statute: "NRS 598.0918; 597.814(2)(a) (from 9:00)",
    source: "tables",
  },
  {
    region: "US-NM",
    ...every(hours(9, 21)),
    zone: null,
    channels: BOTH,
    statute: "NMSA 57-12-22(B)(5)",
    source: "text",
  },
  {
    region: "US-OK",
    ...every(hours(9, 20)),
    zone: null,
    channels: BOTH,
    statute: "Okla. Stat. tit. 15, 775C.4 (until 20:00), 755.1(C)(2)(a) (from 9:00)",
    source: "tables",
    note: "The latter, whose words were read, is of calls that a machine dials and whose voice it makes. At most three calls in 24 hours: see the gate of frequency.",
  },
  {
    region: "US-RI",
    weekdays: hours(9, 18),
    saturday: hours(10, 17),
    sunday: null,
    holidays: { window: null, list: RHODE_ISLAND, moves: TO_MONDAY },
    zone: null,
    channels: BOTH,
    statute: "R.I. Gen. Laws 5-61-3.6, 5-61-2(2); holidays: 25-1-1",
    source: "text",
    note: "Of the holidays the list was not read in the law's words.",
  },
  {
    region: "US-SD",
    weekdays: hours(9, 21),
    saturday: null,
    sunday: null,
    holidays: null,
    zone: null,
    channels: ["voice"],
    statute: "SDCL 37-30-28",
    source: "text",
    note: "Of calls that a machine dials.",
  },
  {
    region: "US-TX",
    weekdays: hours(9, 21),
    saturday: hours(9, 21),
    sunday: hours(12, 21),
    holidays: null,
    zone: null,
    channels: BOTH,
    statute: "Tex. Bus. & Com. Code 301.051",
    source: "tables",
  },
  { region: "US-WA", ...every(hours(8, 20)), zone: null, channels: BOTH, statute: "RCW 19.158.040(2)", source: "text" },
  {
    region: "CA",
    weekdays: { from: 9 * 60, to: 21 * 60 + 30 },
    saturday: hours(10, 18),
    sunday: hours(10, 18),
    holidays: null,
    zone: null,
    channels: ["voice"],
    statute: "CRTC Unsolicited Telecommunications Rules, part III, 23",
    source: "tables",
  },
];

const narrowerByRegion = new Map(NARROWER.map((rule) => [rule.region, rule]));

/** The rules that a number is held to, the general one first. @param state of the United States */
export function rulesFor(channel: PhoneChannel, country: string, state: string | null): HoursRule[] {
  const regions = state ? [`US-${state}`] : [country];
  const narrower = regions.flatMap((region) => narrowerByRegion.get(region) ?? []);
  return [FEDERAL, ...narrower].filter((rule) => rule.channels.includes(channel));
}

/** The window of a rule on a date, and the holiday that it is. */
export function windowOn(rule: HoursRule, date: string, weekday: number): { window: Window; holiday: string | null } {
  if (rule.holidays) {
    const { list, moves, window } = rule.holidays;
    const holiday = day.holidaysOf(rule.region, list, moves, Number(date.slice(0, 4))).get(date);
    if (holiday) return { window, holiday };
  }
  const window = weekday === 0 ? rule.sunday : weekday === 6 ? rule.saturday : rule.weekdays;
  return { window, holiday: null };
}
