import { AREA_CODES } from "./areas.ts";
import { ZONE_PREFIXES } from "./zones.ts";

/** Where a number may be. `known` is false where nothing but the country is. */
export type Place = { known: boolean; zones: readonly string[]; state: string | null };

function readLines(text: string): [name: string, values: string[]][] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [name = "", values = ""] = line.split(": ");
      return [name, values.split(" ")];
    });
}

const stateByArea = new Map(readLines(AREA_CODES).flatMap(([state, areas]) => areas.map((area) => [area, state])));
const zonesByPrefix = new Map(
  readLines(ZONE_PREFIXES).flatMap(([zones, prefixes]) => prefixes.map((prefix) => [prefix, zones.split(" ")])),
);

/** Every zone that an area code of North America has, by the area code. */
const zonesByArea = new Map<string, Set<string>>();
for (const [prefix, zones] of zonesByPrefix) {
  const area = /^1(\d{3})/.exec(prefix)?.[1];
  if (!area) continue;
  const all = zonesByArea.get(area) ?? new Set();
  for (const zone of zones) all.add(zone);
  zonesByArea.set(area, all);
}

/** The states and territories of the United States, each with every zone that an area code of it has. */
export const ZONES_OF_STATES: ReadonlyMap<string, readonly string[]> = new Map(
  readLines(AREA_CODES).map(([state, areas]) => [
    state,
    [...new Set(areas.flatMap((area) => [...(zonesByArea.get(area) ?? [])]))].sort(),
  ]),
);

/** Every zone that a state of the United States has, by its area codes; empty for what is none. */
export function zonesOfState(state: string): readonly string[] {
  return ZONES_OF_STATES.get(state) ?? [];
}

// A fourteen-hour difference would leave three hours a day to call anybody who has taken a number along, and none where a
// state's window is narrow: numbers of these are held to their own hours, and are not where others may have moved to.
const FAR_TERRITORIES = ["GU", "MP", "AS"];

/** Where a number of the United States may be of which no more is known: every zone of the states, Puerto Rico and the Virgin Islands. */
export const ANYWHERE_IN_THE_US: readonly string[] = [
  ...new Set(
    [...stateByArea]
      .filter(([, state]) => !FAR_TERRITORIES.includes(state))
      .flatMap(([area]) => [...(zonesByArea.get(area) ?? [])]),
  ),
].sort();

/** The area codes of which a state is known. */
export const US_AREA_CODES: readonly string[] = [...stateByArea.keys()].sort();
/** All of North America's that have a zone. */
export const NANP_AREA_CODES: readonly string[] = [...zonesByArea.keys()].sort();

/**
 * Where a number is by its digits: the area code's state, and every zone that it can be in. Where an area has several,
 * its exchange says which, if the exchange is known.
 *
 * @param number in E.164
 */
export function placeOf(number: string): Place {
  const digits = number.slice(1);
  if (!digits.startsWith("1")) {
    const zones = longestMatch(digits, 1);
    return { known: zones !== null, zones: zones ?? [], state: null };
  }
  const area = digits.slice(1, 4);
  const all = zonesByArea.get(area);
  if (!all) return { known: false, zones: ANYWHERE_IN_THE_US, state: null };
  const state = stateByArea.get(area) ?? null;
  if (all.size === 1) return { known: true, zones: [...all], state };
  // Longer than the area code: what is said of all of it is only its usual zone.
  const exchange = longestMatch(digits, 5);
  return { known: true, zones: exchange ?? [...all].sort(), state };
}

function longestMatch(digits: string, shortest: number): string[] | null {
  for (let length = Math.min(digits.length, 8); length >= shortest; length--) {
    const zones = zonesByPrefix.get(digits.slice(0, length));
    if (zones) return zones;
  }
  return null;
}
