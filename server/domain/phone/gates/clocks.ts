import { FEDERAL, type HoursRule, rulesFor, type Window, windowOn } from "../law/hours.ts";
import { instantAt, localTime } from "../places/local-time.ts";
import { DAYS } from "../rules/limits.ts";
import type { CallingRules } from "../rules/schemas.ts";
import type { PhoneChannel } from "./types.ts";

/** A clock that has to stand within a window. */
export type Condition = {
  name: string;
  zone: string;
  windowOn(date: string, weekday: number): { window: Window; holiday: string | null };
};

const MAX_DAYS = 400;
const MAX_STEPS = 5_000;
const DAY_MS = 86_400_000;

/** Who is held to which clocks: somebody of a country, or of a state of it, who may be in any of `zones`. */
export type Whereabouts = {
  channel: PhoneChannel;
  country: string;
  state: string | null;
  zones: readonly string[];
  /** The state's own, by which its law is held to, wherever else the person may be by now. */
  stateZones: readonly string[];
};

/** Every clock that has to be looked at: by the general rule, the organisation's, and the state's own. */
export function clocksFor(
  { channel, country, state, zones, stateZones }: Whereabouts,
  rules: CallingRules,
): Condition[] {
  const narrower = rulesFor(channel, country, state).filter((law) => law !== FEDERAL);
  return [
    ...toConditions([FEDERAL], zones, rules),
    ...narrower.flatMap((law) => toConditions([law], law.zone ? [law.zone] : stateZones, null)),
  ];
}

/** @param rules the organisation's, where they are to be held to in these zones as well */
export function toConditions(
  laws: readonly HoursRule[],
  zones: readonly string[],
  rules: CallingRules | null,
): Condition[] {
  return zones.flatMap((zone) => [
    ...laws.map((law) => ({
      name: law.statute,
      zone,
      windowOn: (date: string, weekday: number) => windowOn(law, date, weekday),
    })),
    ...(rules && Object.keys(rules.hours).length > 0 ? [own(rules, zone)] : []),
  ]);
}

const ALL_DAY: Window = { from: 0, to: 24 * 60 };

function own({ hours }: CallingRules, zone: string): Condition {
  return {
    name: "the organisation's rule",
    zone,
    windowOn: (_date, weekday) => {
      const set = hours[DAYS[weekday] ?? ""];
      const window =
        set === undefined ? ALL_DAY : set === null ? null : { from: minutes(set.from), to: minutes(set.to) };
      return { window, holiday: null };
    },
  };
}

function minutes(text: string): number {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return hour * 60 + minute;
}

/** What a clock shows at an instant, and whether that is within its window. */
export function look(condition: Condition, time: number) {
  const { date, weekday, minute } = localTime(time, condition.zone);
  const { window, holiday } = condition.windowOn(date, weekday);
  const inside = window !== null && minute >= window.from && minute < window.to;
  const shown = {
    localTime: clockText(time, condition.zone),
    window: window && `${clock(window.from)} to ${clock(window.to)}`,
    holiday,
  };
  return { inside, shown };
}

/** The day and time that the clocks of a zone show: `Monday 08:00`. */
export function clockText(time: number, zone: string): string {
  const { weekday, minute } = localTime(time, zone);
  const day = DAYS[weekday] ?? "";
  return `${day.charAt(0).toUpperCase()}${day.slice(1)} ${clock(minute)}`;
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/**
 * The first instant at or after `time` that fulfils all conditions; null: none within 400 days. Each that is broken says
 * when it begins again at the earliest; nothing before the latest of them can do, so that is where to look next.
 */
export function nextAllowed(conditions: Condition[], time: number): number | null {
  let candidate = time;
  for (let step = 0; step < MAX_STEPS && candidate < time + MAX_DAYS * DAY_MS; step++) {
    const begins = conditions.map((condition) => nextStart(condition, candidate));
    const latest = Math.max(...begins);
    if (latest === candidate) return candidate;
    candidate = latest;
  }
  return null;
}

/** The instant itself where the condition holds, else the one at which it begins to. */
function nextStart(condition: Condition, time: number): number {
  const { date, weekday, minute } = localTime(time, condition.zone);
  for (let days = 0; days < MAX_DAYS; days++) {
    const onDate = new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
    const { window } = condition.windowOn(onDate, (weekday + days) % 7);
    if (!window || (days === 0 && minute >= window.to)) continue;
    if (days === 0 && minute >= window.from) return time;
    return instantAt(onDate, window.from, condition.zone);
  }
  return Number.POSITIVE_INFINITY;
}

/** The first instant after `time`, at which all conditions hold, that breaks one. */
export function nextRefused(conditions: Condition[], time: number): number {
  let candidate = time;
  do candidate = Math.min(...conditions.map((condition) => endOfWindow(condition, candidate)));
  while (conditions.every((condition) => look(condition, candidate).inside));
  return candidate;
}

/** When the window ends that a clock stands in: of one that lasts until midnight, that, whether or not it goes on. */
function endOfWindow(condition: Condition, time: number): number {
  const { date, weekday } = localTime(time, condition.zone);
  return instantAt(date, condition.windowOn(date, weekday).window?.to ?? 0, condition.zone);
}
