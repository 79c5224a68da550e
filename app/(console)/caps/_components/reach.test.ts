import { expect, it } from "vitest";
import { ratePerMs, reachedAt, reachText, roundUp } from "./reach.ts";

const at = (iso: string) => Date.parse(iso);
const noon = {
  used: 400,
  usedToday: 50,
  asOf: at("2027-03-10T12:00:00Z"),
  dayEnds: at("2027-03-11T00:00:00Z"),
  periodEnds: at("2027-04-01T00:00:00Z"),
};

it("goes on at today's rate: 50 in half a day are 100 a day, so 1,300 are reached in nine days", () => {
  const reached = reachedAt(1_300, noon);
  expect(reached).toBe(at("2027-03-19T12:00:00Z"));
  expect(reachText(reached as number, "month", "UTC")).toBe("the 19th");
  expect(reachText(at("2027-03-21T23:30:00Z"), "month", "Europe/Berlin")).toBe("the 22nd");
  expect(reachText(reached as number, "day", "Europe/Berlin")).toBe("13:00");
});

it("is never reached where nothing is used today, or not before the period ends", () => {
  expect(reachedAt(1_300, { ...noon, usedToday: 0 })).toBe("never");
  expect(reachedAt(1_300, { ...noon, usedToday: -3 })).toBe("never");
  expect(reachedAt(10_000, noon)).toBe("never");
  expect(reachedAt(1_300, { ...noon, periodEnds: noon.dayEnds })).toBe("never");
});

it("is reached at once by what is used already, and by nothing at all", () => {
  for (const limit of [0, 1, 400]) expect(reachedAt(limit, noon)).toBe("now");
  expect(reachedAt(401, noon)).toBeGreaterThan(noon.asOf);
  expect(reachedAt(0, { ...noon, used: 0, usedToday: 0 })).toBe("now");
});

it("takes at least an hour for the part of the day that has passed", () => {
  const midnight = { usedToday: 60, asOf: at("2027-03-10T00:00:01Z"), dayEnds: at("2027-03-11T00:00:00Z") };
  expect(ratePerMs(midnight) * 60_000).toBe(1);
});

it("gives a slider a round end", () => {
  expect([1, 3, 7, 12, 20, 21, 4_999, 5_001].map(roundUp)).toEqual([1, 5, 10, 20, 20, 50, 5_000, 10_000]);
});
