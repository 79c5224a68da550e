import type { JsonObject } from "#server/audit/record.ts";
import { FEDERAL, type HoursRule, rulesFor, type Window, windowOn } from "../law/hours.ts";
import { instantAt, localTime } from "../places/local-time.ts";
import { ANYWHERE_IN_THE_US, placeOf, zonesOfState } from "../places/where.ts";
import { type CallingRules, DAYS } from "../rules/schemas.ts";
import type { Facts, Gate } from "./facts.ts";
import type { GateOrder } from "./types.ts";
import { allow, refuse } from "./verdict.ts";

/** A clock that has to stand within a window. */
type Condition = {
  name: string;
  zone: string;
  windowOn(date: string, weekday: number): { window: Window; holiday: string | null };
};

const MAX_DAYS = 400;
const MAX_STEPS = 5_000;
const DAY_MS = 86_400_000;

/**
 * Whether it is a decent hour where the person may be: in every zone that the number can be in, or where the organisation
 * knows that they are, by the general rule, by the state's own, and by the organisation's, which can only narrow them. OUTSIDE_CALLING_HOURS with
 * details.nextAllowedAt: the first moment at which this gate will allow it (null: none within 400 days).
 */
export const callingHours: Gate = (order, facts, now) => {
  const { conditions, where } = conditionsOf(order, facts);
  const time = now.getTime();
  const seen = conditions.map((condition) => look(condition, time));
  const known: JsonObject = {
    ...where,
    clocks: conditions.map(({ name, zone }, index) => ({ rule: name, zone, ...seen[index]?.shown })),
  };
  const broken = seen.findIndex(({ inside }) => !inside);
  if (broken === -1) return allow("calling_hours", "Every clock that counts is within its hours.", known);
  const next = nextAllowed(conditions, time);
  const nextAllowedAt = next === null ? null : new Date(next).toISOString();
  const { localTime: at, window, holiday } = seen[broken]?.shown ?? { localTime: "", window: null, holiday: null };
  const zone = conditions[broken]?.zone;
  const detail = `It is ${at} in ${zone}${holiday ? ` (${holiday})` : ""}; ${conditions[broken]?.name} allows ${window ?? "nothing"} on this day.`;
  return refuse("calling_hours", "OUTSIDE_CALLING_HOURS", detail, known, { nextAllowedAt });
};

/** Every clock that has to be looked at, and why. */
function conditionsOf(order: GateOrder, facts: Facts): { conditions: Condition[]; where: JsonObject } {
  const { rules } = facts;
  const e164 = facts.number.number?.e164;
  if (!e164) return { conditions: toConditions([FEDERAL], ANYWHERE_IN_THE_US, rules), where: { basis: "unknown" } };
  const { basis, country, state, zones, lawZones } = whereIs(e164, facts);
  const laws = rulesFor(order.channel, country ?? "US", state);
  const conditions = toConditions([FEDERAL], zones, rules);
  for (const law of laws.filter((rule) => rule !== FEDERAL)) {
    conditions.push(...toConditions([law], law.zone ? [law.zone] : lawZones, null));
  }
  return { conditions, where: { basis, country, state, zones: [...zones] } };
}

/** Where a person may be: in all of the zones at once. */
type Where = {
  basis: "stored location" | "ported" | "number" | "unknown";
  country: string | null;
  /** Whose law holds, and the clocks that it is held to by. */
  state: string | null;
  zones: readonly string[];
  lawZones: readonly string[];
};

/** By what the organisation knows of the person, else by the number. */
function whereIs(e164: string, { number, lookUp, location }: Facts): Where {
  const place = placeOf(e164);
  const country = number.number?.country ?? null;
  if (location?.state) {
    const zones = location.timeZone ? [location.timeZone] : zonesOfState(location.state);
    return { basis: "stored location", country: "US", state: location.state, zones, lawZones: zones };
  }
  if (location?.timeZone) {
    const zones = [location.timeZone];
    // Nobody says that the person has left the area code's state: its law stays, by its own clocks.
    const lawZones = place.zones.includes(location.timeZone) ? zones : place.zones;
    return { basis: "stored location", country, state: place.state, zones, lawZones };
  }
  // A mobile number that was taken along to another carrier is likely to have moved with its owner.
  const { answer } = lookUp;
  const moved = answer?.ported === true && answer.lineType !== "landline" && country === "US";
  const zones = place.zones.length === 0 || (moved && place.known) ? ANYWHERE_IN_THE_US : place.zones;
  const basis = moved ? "ported" : place.known ? "number" : "unknown";
  // A state's law is held to by the state's clocks, wherever else the person may be by now.
  return { basis, country, state: place.state, zones, lawZones: place.zones };
}

/** @param rules the organisation's, where they are to be held to in these zones as well */
function toConditions(laws: readonly HoursRule[], zones: readonly string[], rules: CallingRules | null): Condition[] {
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

function look(condition: Condition, time: number) {
  const { date, weekday, minute } = localTime(time, condition.zone);
  const { window, holiday } = condition.windowOn(date, weekday);
  const inside = window !== null && minute >= window.from && minute < window.to;
  const shown = {
    localTime: `${DAYS[weekday]} ${clock(minute)}`,
    window: window && `${clock(window.from)} to ${clock(window.to)}`,
    holiday,
  };
  return { inside, shown };
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

/**
 * The first instant at or after `time` that fulfils all conditions. Each that is broken says when it begins again at the
 * earliest; nothing before the latest of them can do, so that is where to look next.
 */
function nextAllowed(conditions: Condition[], time: number): number | null {
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
