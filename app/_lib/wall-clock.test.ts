import fc from "fast-check";
import { expect, test } from "vitest";
import { instantOfWallClock, wallClock } from "./wall-clock.ts";

test("a clock shows the time of its zone", () => {
  const instant = Date.parse("2026-03-29T00:30:00Z");
  expect(wallClock(instant, "UTC")).toBe("2026-03-29T00:30:00");
  expect(wallClock(instant, "America/New_York")).toBe("2026-03-28T20:30:00");
  expect(wallClock(instant, "Asia/Kathmandu")).toBe("2026-03-29T06:15:00");
});

test.each([
  ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
  ["2026-07-01T12:00:01", "Asia/Tokyo", "2026-07-01T03:00:01.000Z"],
])("%s in %s is %s", (shown, zone, instant) => {
  expect(new Date(instantOfWallClock(shown, zone)).toISOString()).toBe(instant);
});

test("what was entered is shown again, in every zone and at every time that its clocks know", () => {
  const zones = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe");
  const seconds = fc.integer({ min: Date.UTC(2000) / 1_000, max: Date.UTC(2050) / 1_000 });
  fc.assert(
    fc.property(zones, seconds, (zone, second) => {
      const shown = wallClock(second * 1_000, zone);
      expect(wallClock(instantOfWallClock(shown, zone), zone)).toBe(shown);
    }),
    { numRuns: 2_000 },
  );
});

test("what is no time is none", () => expect(instantOfWallClock("yesterday", "UTC")).toBeNaN());
