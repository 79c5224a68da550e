import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../../test/support/app.ts";
import { dataOf } from "../../../../test/support/office.ts";
import { consoleOf } from "../../../trpc/test-support.ts";
import { callingHours } from "../gates/calling-hours.ts";
import type { PhoneChannel } from "../gates/types.ts";
import { parseNumber } from "../places/number.ts";
import { placeOf, US_AREA_CODES } from "../places/where.ts";
import { rulesOf } from "../rules/schemas.ts";
import type { StateHours } from "./by-state.ts";

let app: TestApp;
let cookie: string;
let masterKey: string;
beforeAll(async () => {
  app = await startTestApp();
  ({ masterKey } = await app.organisation());
  cookie = await consoleOf(app).signIn(masterKey);
});
afterAll(() => app.close());

async function states(at: string, channel: PhoneChannel = "voice"): Promise<Map<string, StateHours>> {
  const answer = await dataOf(consoleOf(app).query("compliance.hours", { at, channel }, { cookie }));
  expect(answer.at).toBe(at);
  return new Map(answer.states.map((one: StateHours) => [one.state, one]));
}

const openIn = (found: Map<string, StateHours>) =>
  [...found.values()].filter(({ zones }) => zones.every(({ isOpen }) => isOpen)).map(({ state }) => state);

describe("the hours of the states", () => {
  // A Tuesday in November.
  const EIGHT_IN_NEW_YORK = "2026-11-24T13:00:00.000Z";

  it("at eight in New York: the east is open but for later laws, Hawaii sleeps until eight of its own", async () => {
    const found = await states(EIGHT_IN_NEW_YORK);
    expect(openIn(found)).toEqual(
      [
        "DC",
        "DE",
        "GA",
        "MA",
        "MD",
        "ME",
        "NC",
        "NH",
        "NJ",
        "NY",
        "OH",
        "PA",
        "PR",
        "SC",
        "VA",
        "VI",
        "VT",
        "WV",
      ].sort(),
    );
    expect(found.get("HI")?.zones).toMatchObject([
      {
        zone: "Pacific/Honolulu",
        localTime: "Tuesday 03:00",
        isOpen: false,
        changesAt: "2026-11-24T18:00:00.000Z",
        changesAtLocal: "Tuesday 08:00",
        changesToday: true,
      },
    ]);
    expect(found.get("NY")?.zones).toMatchObject([{ isOpen: true, changesAtLocal: "Tuesday 21:00" }]);
    // The law of the state is later than the general one.
    expect(found.get("CT")?.zones).toMatchObject([{ isOpen: false, changesAtLocal: "Tuesday 09:00" }]);
    expect(found.get("CT")?.laws.map(({ statute }) => statute)).toContain("Conn. Gen. Stat. 42-288a");
    expect(found.get("FL")?.zones.map(({ zone, isOpen }) => [zone, isOpen])).toEqual([
      ["America/Chicago", false],
      ["America/New_York", true],
    ]);
  });

  it("tell the same day of the next week from this one", async () => {
    const sundays = Object.fromEntries(
      ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"].map((day) => [day, null]),
    );
    await app.call("PUT", "/v1/phone/rules", { key: masterKey, body: { hours: sundays } });
    const found = await states("2026-11-30T03:00:00.000Z");
    expect(found.get("NY")?.zones).toMatchObject([
      {
        localTime: "Sunday 22:00",
        isOpen: false,
        changesAt: "2026-12-06T13:00:00.000Z",
        changesAtLocal: "Sunday 08:00",
        changesToday: false,
      },
    ]);
    await app.call("PUT", "/v1/phone/rules", { key: masterKey, body: { hours: {} } });
  });

  it("differ for texts where the law is about calls alone", async () => {
    const saturday = "2026-11-28T18:00:00.000Z";
    expect(openIn(await states(saturday))).not.toContain("SD");
    expect(openIn(await states(saturday, "sms"))).toContain("SD");
  });

  it("are narrowed by the organisation's own, and never widened", async () => {
    const body = { hours: { tuesday: { from: "08:30", to: "24:00" } } };
    expect((await app.call("PUT", "/v1/phone/rules", { key: masterKey, body })).status).toBe(200);
    const found = await states(EIGHT_IN_NEW_YORK);
    // Where it is nine already.
    expect(openIn(found)).toEqual(["PR", "VI"]);
    expect(found.get("NY")?.zones).toMatchObject([{ changesAtLocal: "Tuesday 08:30" }]);
    const evening = await states("2026-11-25T02:00:00.000Z");
    expect(evening.get("NY")?.zones).toMatchObject([{ isOpen: false, localTime: "Tuesday 21:00" }]);
    await app.call("PUT", "/v1/phone/rules", { key: masterKey, body: { hours: {} } });
  });

  it("are what the gate says of a number there, at every hour of a week, and so is when they change", async () => {
    const numbers = US_AREA_CODES.map((area) => `+1${area}5550142`)
      .map((number) => ({ number, place: placeOf(number), parsed: parseNumber(number, "US") }))
      .filter(({ place, parsed }) => place.zones.length === 1 && parsed.number);
    expect(numbers.length).toBeGreaterThan(200);
    const facts = (parsed: ReturnType<typeof parseNumber>) =>
      ({ number: parsed, lookUp: { answer: null, failed: null }, rules: rulesOf({}) }) as Parameters<
        typeof callingHours
      >[1];
    const asked = (to: string) => ({ channel: "voice", to }) as Parameters<typeof callingHours>[0];
    for (let hour = 0; hour < 7 * 24; hour += 5) {
      const at = new Date(Date.parse("2026-12-24T00:00:00Z") + hour * 3_600_000);
      const found = await states(at.toISOString());
      for (const { number, place, parsed } of numbers) {
        const zone = found.get(place.state ?? "")?.zones.find((one) => one.zone === place.zones[0]);
        const verdict = callingHours(asked(number), facts(parsed), at);
        expect([number, zone?.isOpen], at.toISOString()).toEqual([number, verdict.verdict === "allow"]);
        if (verdict.verdict === "refuse") expect(zone?.changesAt).toBe(verdict.details?.nextAllowedAt);
        else {
          const change = new Date(zone?.changesAt ?? "");
          expect(callingHours(asked(number), facts(parsed), change).verdict).toBe("refuse");
          const before = new Date(change.getTime() - 1);
          expect(callingHours(asked(number), facts(parsed), before).verdict).toBe("allow");
        }
      }
    }
  });
});
