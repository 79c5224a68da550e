import { describe, expect, it } from "vitest";
import { FEDERAL, NARROWER, windowOn } from "../law/hours.ts";
import { instantAt, localTime } from "../places/local-time.ts";
import { parseNumber } from "../places/number.ts";
import { NANP_AREA_CODES, placeOf, US_AREA_CODES, zonesOfState } from "../places/where.ts";
import { rulesOf } from "../rules/schemas.ts";
import { callingHours } from "./calling-hours.ts";
import type { Facts } from "./facts.ts";
import type { GateOrder } from "./types.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = Date.parse("2026-01-01T00:00:00Z");

const at = (text: string) => new Date(text);

function factsOf(number: string, more: Partial<Facts> = {}): Facts {
  return {
    plan: { tier: "GROWTH", quota: null, remediation: {} },
    number: parseNumber(number, "US"),
    countries: ["US"],
    consent: { record: null, revokedAt: null },
    doNotCall: { listed: null, optedOut: null },
    location: null,
    lookUp: { answer: null, failed: null },
    rules: rulesOf({}),
    frequency: { attempts: [], dials: null, spend: null },
    ...more,
  };
}

const orderTo = (to: string, channel: GateOrder["channel"] = "voice"): GateOrder => ({
  channel,
  agentId: "agent",
  to,
  from: "+14155550100",
  tier: "basic",
  segments: 1,
  metadata: {},
});

const ask = (number: string, now: Date, more: Partial<Facts> = {}, channel: GateOrder["channel"] = "voice") =>
  callingHours(orderTo(number, channel), factsOf(number, more), now);

/** A number of an area code: a reserved one, or where its country has none the first that is valid. */
function numberOf(area: string): string {
  for (let exchange = 200; exchange < 1_000; exchange++) {
    const number = `+1${area}${exchange === 200 ? 555 : exchange}0142`;
    if (parseNumber(number, "US").number) return number;
  }
  throw new Error(`no number of ${area} is valid`);
}

/** Area codes whose numbers are held to the same clocks: a number of one stands for all of them. */
const kinds = new Map<string, string>();
for (const area of NANP_AREA_CODES) {
  const number = numberOf(area);
  const { number: known } = parseNumber(number, "US");
  const { zones, state } = placeOf(number);
  const law = state && NARROWER.some(({ region }) => region === `US-${state}`) ? state : "";
  kinds.set(`${known?.country} ${law} ${zones.join()}`, number);
}
kinds.set("unknown", "+18005550142");

/** What the zone's clock shows, from Intl alone: by other code than the gate's. */
type WallClock = { date: string; weekday: number; minute: number };
const clocks = new Map<string, Intl.DateTimeFormat>();
const shown = new Map<string, WallClock>();
function wallClock(time: number, zone: string): WallClock {
  const id = `${zone} ${time}`;
  const known = shown.get(id) ?? readClock(time, zone);
  shown.set(id, known);
  return known;
}

function readClock(time: number, zone: string): WallClock {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
    clocks.set(zone, clock);
  }
  const part = Object.fromEntries(clock.formatToParts(time).map(({ type, value }) => [type, value]));
  const weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].indexOf((part.weekday ?? "").slice(0, 3));
  const date = `${part.year}-${part.month}-${part.day}`;
  return { date, weekday, minute: Number(part.hour) * 60 + Number(part.minute) };
}

/** Whether the law allows it, the long way: every clock in every zone. */
function lawOf(number: string): (time: number) => boolean {
  const { zones, state } = placeOf(number);
  const country = parseNumber(number, "US").number?.country;
  return lawAt(zones, state ? `US-${state}` : country);
}

function lawAt(zones: readonly string[], region: string | null | undefined): (time: number) => boolean {
  const laws = NARROWER.filter((rule) => rule.region === region && rule.channels.includes("voice"));
  const within = (rule: typeof FEDERAL, zone: string, time: number) => {
    const { date, weekday, minute } = wallClock(time, rule.zone ?? zone);
    const { window } = windowOn(rule, date, weekday);
    return window !== null && window.from <= minute && minute < window.to;
  };
  return (time) => zones.every((zone) => [FEDERAL, ...laws].every((law) => within(law, zone, time)));
}

/** Instants of a year: every three hours and a bit, so that all hours of a day come, and every ten minutes of the two
 * nights on which the clocks of most of the continent change. */
function instants(): number[] {
  const all: number[] = [];
  for (let time = YEAR; time < YEAR + 365 * DAY; time += 5 * HOUR + 7 * MINUTE) all.push(time);
  for (const night of ["2026-03-08T00:00:00Z", "2026-11-01T00:00:00Z"]) {
    for (let time = Date.parse(night); time < Date.parse(night) + 36 * HOUR; time += 10 * MINUTE) all.push(time);
  }
  return all;
}

describe("calling hours, over all area codes and a year with both nights on which clocks change", () => {
  const times = instants();

  it("knows a zone of every area code of North America, and a state of every one of the United States", () => {
    expect(NANP_AREA_CODES.length).toBeGreaterThan(430);
    for (const area of US_AREA_CODES) {
      const { zones, state, known } = placeOf(`+1${area}5550142`);
      expect({ area, known, zones: zones.length > 0, state: state?.length }).toEqual({
        area,
        known: true,
        zones: true,
        state: 2,
      });
    }
  });

  it.each([...kinds])(
    "%s: allows what every clock allows, and names the very first moment after a refusal",
    (_, number) => {
      const facts = factsOf(number);
      const order = orderTo(number);
      const isAllowed = lawOf(number);
      for (const [index, time] of times.entries()) {
        const verdict = callingHours(order, facts, new Date(time));
        const allowed = isAllowed(time);
        if ((verdict.verdict === "allow") !== allowed) {
          expect({ number, at: new Date(time).toISOString(), allowed }).toEqual(verdict);
        }
        if (allowed) continue;
        const next = Date.parse(verdict.details?.nextAllowedAt as string);
        const atNext = callingHours(order, facts, new Date(next)).verdict;
        const before = callingHours(order, facts, new Date(next - 1_000)).verdict;
        if (atNext !== "allow" || before !== "refuse") {
          expect({ number, at: new Date(time).toISOString(), next: new Date(next).toISOString(), atNext, before }).toBe(
            "exact",
          );
        }
        // Windows begin at whole half hours, so a grid of those finds any that was passed over. It is looked for often enough.
        if (index % 7 !== 0) continue;
        for (let between = Math.ceil(time / (30 * MINUTE)) * 30 * MINUTE; between < next; between += 30 * MINUTE) {
          if (isAllowed(between)) {
            expect({ number, at: new Date(time).toISOString(), passedOver: new Date(between).toISOString() }).toBe(
              "none",
            );
          }
        }
      }
    },
  );
});

describe("calling hours where the organisation knows where the person is", () => {
  const states = [...new Set(US_AREA_CODES.map((area) => placeOf(`+1${area}5550142`).state ?? ""))];
  const times = instants().filter((_time, index) => index % 5 === 0);
  /** Of California, of Florida in two zones, of no area, of Canada. */
  const numbers = ["+14155550142", "+18505550142", "+18005550142", "+14165550142"];

  it.each(states)("in %s: its clocks and its law hold, whatever the number is", (state) => {
    const isAllowed = lawAt(zonesOfState(state), `US-${state}`);
    for (const number of numbers) {
      const location = { state, timeZone: null };
      const facts = factsOf(number, { location });
      for (const time of times) {
        const { verdict } = callingHours(orderTo(number), facts, new Date(time));
        if ((verdict === "allow") !== isAllowed(time)) {
          expect({ number, at: new Date(time).toISOString(), verdict }).toBe(isAllowed(time));
        }
      }
    }
  });

  it.each([
    ["a Californian number in New York", "+14155550142", { state: "NY" }, "2026-06-10T08:30:00-04:00", "allow"],
    ["and not by the clocks of California", "+14155550142", { state: "NY" }, "2026-06-10T20:30:00-07:00", "refuse"],
    ["Florida's law stays behind", "+13055550142", { state: "CA" }, "2026-06-10T20:30:00-07:00", "allow"],
    ["the new state's law holds", "+14155550142", { state: "FL" }, "2026-06-10T20:00:00-04:00", "refuse"],
    [
      "one zone of the state",
      "+14155550142",
      { state: "FL", timeZone: "America/Chicago" },
      "2026-06-10T19:30:00-05:00",
      "allow",
    ],
    [
      "a zone alone moves the clock",
      "+14155550142",
      { timeZone: "America/New_York" },
      "2026-06-10T08:30:00-04:00",
      "allow",
    ],
    [
      "which of two zones of the area",
      "+18505550142",
      { timeZone: "America/Chicago" },
      "2026-06-10T19:30:00-05:00",
      "allow",
    ],
    ["but not its state's law", "+13055550142", { timeZone: "America/Denver" }, "2026-06-10T20:30:00-04:00", "refuse"],
    ["nor past the hours there", "+13055550142", { timeZone: "America/Denver" }, "2026-06-10T07:30:00-06:00", "refuse"],
  ])("%s", (_, number, { state, timeZone }: { state?: string; timeZone?: string }, instant, expected) => {
    expect(ask(number, at(instant), { location: { state: state ?? null, timeZone: timeZone ?? null } })).toMatchObject({
      verdict: expected,
      facts: { basis: "stored location" },
    });
  });

  it("wins over what is thought of a number that was ported; the organisation's own hours hold there", () => {
    const answer = {
      lineType: "mobile" as const,
      reassigned: "no" as const,
      ported: true,
      askedAt: at("2026-06-01T00:00:00Z"),
      since: at("2026-01-01T00:00:00Z"),
    };
    const location = { state: "NY", timeZone: null };
    const morning = at("2026-06-10T08:30:00-04:00");
    expect(ask("+14155550142", morning, { lookUp: { answer }, location }).verdict).toBe("allow");
    const rules = rulesOf({ hours: { wednesday: { from: "09:00", to: "10:00" } } });
    expect(ask("+14155550142", morning, { location, rules }).verdict).toBe("refuse");
    expect(ask("+14155550142", at("2026-06-10T09:30:00-04:00"), { location, rules }).verdict).toBe("allow");
  });
});

describe("calling hours, by the law", () => {
  it.each([
    ["8:00 sharp is allowed", "+14155550142", "2026-06-10T08:00:00-07:00", "allow"],
    ["a second before is not", "+14155550142", "2026-06-10T07:59:59-07:00", "refuse"],
    ["20:59:59 is allowed", "+14155550142", "2026-06-10T20:59:59-07:00", "allow"],
    ["21:00 is not", "+14155550142", "2026-06-10T21:00:00-07:00", "refuse"],
    ["Florida ends at 20:00", "+13055550142", "2026-06-10T20:00:00-04:00", "refuse"],
    ["an exchange of Pensacola is on Central time", "+18504320142", "2026-06-10T19:30:00-05:00", "allow"],
    ["an unknown exchange of the same area is in both zones", "+18505550142", "2026-06-10T19:30:00-05:00", "refuse"],
    ["Rhode Island not on a Sunday", "+14015550142", "2026-06-14T12:00:00-04:00", "refuse"],
    ["Rhode Island on Saturday from 10 to 17", "+14015550142", "2026-06-13T16:59:00-04:00", "allow"],
    ["Victory Day in Rhode Island", "+14015550142", "2026-08-10T12:00:00-04:00", "refuse"],
    ["Good Friday in Louisiana", "+15045550142", "2026-04-03T12:00:00-05:00", "refuse"],
    ["Mardi Gras in Louisiana", "+15045550142", "2026-02-17T12:00:00-06:00", "refuse"],
    ["Saturday 4 July is kept on Friday in Alabama", "+12055550142", "2026-07-03T12:00:00-05:00", "refuse"],
    ["and on Saturday as well", "+12055550142", "2026-07-04T12:00:00-05:00", "refuse"],
    ["but not on Friday in Rhode Island", "+14015550142", "2026-07-03T12:00:00-04:00", "allow"],
    ["Texas on Sunday from noon", "+15125550142", "2026-06-14T11:59:00-05:00", "refuse"],
    ["Kentucky from 10:00", "+15025550142", "2026-06-10T09:59:00-04:00", "refuse"],
    ["Arizona keeps winter time", "+16025550142", "2026-06-10T20:30:00-07:00", "allow"],
    ["Hawaii", "+18085550142", "2026-06-10T08:00:00-10:00", "allow"],
    ["Guam is held to its own hours", "+16715550142", "2026-06-10T09:00:00+10:00", "allow"],
  ])("%s", (_, number, instant, expected) => {
    expect(ask(number, at(instant)).verdict).toBe(expected);
  });

  it("a text may come to Illinois from 8:00, a call from 9:00", () => {
    const early = at("2026-06-10T08:30:00-05:00");
    expect(ask("+13125550142", early, {}, "sms").verdict).toBe("allow");
    expect(ask("+13125550142", early, {}, "voice").verdict).toBe("refuse");
  });

  it("a mobile number that was ported, or one of no area, is held to all zones of the United States at once", () => {
    const ported = {
      lookUp: {
        answer: {
          lineType: "mobile" as const,
          reassigned: "no" as const,
          ported: true,
          askedAt: at("2026-06-01T00:00:00Z"),
          since: at("2026-01-01T00:00:00Z"),
        },
      },
    };
    // 8:00 in Adak and Honolulu is 18:00 UTC and later; 21:00 in New York and Puerto Rico 01:00 UTC.
    const noon = at("2026-06-10T12:00:00-07:00");
    const morning = at("2026-06-10T09:00:00-07:00");
    expect(ask("+14155550142", morning).verdict).toBe("allow");
    expect(ask("+14155550142", morning, ported)).toMatchObject({
      verdict: "refuse",
      facts: { basis: "ported" },
      details: { nextAllowedAt: "2026-06-10T18:00:00.000Z" },
    });
    expect(ask("+14155550142", noon, ported).verdict).toBe("allow");
    expect(ask("+18005550142", morning)).toMatchObject({ verdict: "refuse", facts: { basis: "unknown" } });
    expect(ask("+18005550142", noon).verdict).toBe("allow");
    // Guam's may still be there: 5:00 on the next day.
    expect(ask("+16715550142", at("2026-06-10T19:00:00Z"), ported).verdict).toBe("refuse");
    expect(ask("+16715550142", at("2026-06-10T22:00:00Z"), ported).verdict).toBe("allow");
  });

  it("an organisation narrows its hours, and a wider window than the law's changes nothing", () => {
    const hours = { monday: { from: "12:00", to: "13:00" }, tuesday: null, wednesday: { from: "00:00", to: "24:00" } };
    const rules = rulesOf({ hours });
    expect(ask("+14155550142", at("2026-06-08T11:59:59-07:00"), { rules })).toMatchObject({
      verdict: "refuse",
      details: { nextAllowedAt: "2026-06-08T19:00:00.000Z" },
    });
    expect(ask("+14155550142", at("2026-06-09T12:30:00-07:00"), { rules })).toMatchObject({
      verdict: "refuse",
      details: { nextAllowedAt: "2026-06-10T15:00:00.000Z" },
    });
    expect(ask("+14155550142", at("2026-06-10T07:00:00-07:00"), { rules }).verdict).toBe("refuse");
  });

  it("says so where no hour is left at all", () => {
    const never = Object.fromEntries(
      ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"].map((day) => [day, null]),
    );
    expect(ask("+14155550142", at("2026-06-10T12:00:00-07:00"), { rules: rulesOf({ hours: never }) }).details).toEqual({
      nextAllowedAt: null,
    });
  });

  it("agrees with Intl about the clocks of every zone, to the second of each change", () => {
    const zones = new Set(NANP_AREA_CODES.flatMap((area) => placeOf(`+1${area}5550142`).zones));
    for (const zone of zones) {
      for (const change of ["2026-03-08T", "2026-11-01T"]) {
        for (let hour = 4; hour < 14; hour++) {
          const time = Date.parse(`${change}${String(hour).padStart(2, "0")}:00:00Z`);
          for (const instant of [time - 1_000, time])
            expect(localTime(instant, zone)).toEqual(wallClock(instant, zone));
        }
      }
      expect(instantAt("2026-07-01", 8 * 60, zone)).toBeGreaterThan(Date.parse("2026-06-30T00:00:00Z"));
    }
  });
});
