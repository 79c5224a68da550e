import type { JsonObject } from "#server/audit/record.ts";
import { FEDERAL } from "../law/hours.ts";
import { ANYWHERE_IN_THE_US, placeOf, zonesOfState } from "../places/where.ts";
import { type Condition, clocksFor, look, nextAllowed, nextRefused, toConditions } from "./clocks.ts";
import type { Facts, Gate } from "./facts.ts";
import type { GateOrder } from "./types.ts";
import { allow, refuse } from "./verdict.ts";

/**
 * Whether it is a decent hour where the person may be: in every zone that the number can be in, or where the organisation
 * knows that they are, by the general rule, by the state's own, and by the organisation's, which can only narrow them.
 * OUTSIDE_CALLING_HOURS with details.nextAllowedAt: the first moment at which this gate will allow it (null: none within 400 days).
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

/** When the hours end within which this gate has allowed it at `now`. */
export function allowedUntil(order: GateOrder, facts: Facts, now: Date): Date {
  return new Date(nextRefused(conditionsOf(order, facts).conditions, now.getTime()));
}

/** Every clock that has to be looked at, and why. */
function conditionsOf(order: GateOrder, facts: Facts): { conditions: Condition[]; where: JsonObject } {
  const { rules } = facts;
  const e164 = facts.number.number?.e164;
  if (!e164) return { conditions: toConditions([FEDERAL], ANYWHERE_IN_THE_US, rules), where: { basis: "unknown" } };
  const { basis, country, state, zones, stateZones } = whereIs(e164, facts);
  const whereabouts = { channel: order.channel, country: country ?? "US", state, zones, stateZones };
  return { conditions: clocksFor(whereabouts, rules), where: { basis, country, state, zones: [...zones] } };
}

/** Where a person may be: in all of the zones at once. */
type Where = {
  basis: "stored location" | "ported" | "number" | "unknown";
  country: string | null;
  state: string | null;
  zones: readonly string[];
  /** The clocks by which the state's law is held to, wherever else the person may be by now. */
  stateZones: readonly string[];
};

/** By what the organisation knows of the person, else by the number. */
function whereIs(e164: string, { number, lookUp, location }: Facts): Where {
  const place = placeOf(e164);
  const country = number.number?.country ?? null;
  if (location?.state) {
    const zones = location.timeZone ? [location.timeZone] : zonesOfState(location.state);
    return { basis: "stored location", country: "US", state: location.state, zones, stateZones: zones };
  }
  if (location?.timeZone) {
    const zones = [location.timeZone];
    // Nobody says that the person has left the area code's state: its law stays, by its own clocks.
    const stateZones = place.zones.includes(location.timeZone) ? zones : place.zones;
    return { basis: "stored location", country, state: place.state, zones, stateZones };
  }
  // A mobile number that was taken along to another carrier is likely to have moved with its owner.
  const { answer } = lookUp;
  const moved = answer?.ported === true && answer.lineType !== "landline" && country === "US";
  const anywhere = place.zones.length === 0 || moved;
  // Its own count too where they are far away from all others: Guam's.
  const zones = anywhere ? [...new Set([...place.zones, ...ANYWHERE_IN_THE_US])] : place.zones;
  const basis = moved ? "ported" : place.known ? "number" : "unknown";
  return { basis, country, state: place.state, zones, stateZones: place.zones };
}
