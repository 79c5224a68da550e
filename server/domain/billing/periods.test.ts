import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalZone, endOf, isTimeZone, periodsAt, startOf } from "./periods.ts";

const HOUR_MS = 3_600_000;
// Half hours, a date line that was crossed, clocks that change at midnight, no daylight time.
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/Sao_Paulo",
  "Asia/Beirut",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
];
const zone = fc.constantFrom(...ZONES);
const instant = fc.date({
  min: new Date("2005-01-01T00:00:00Z"),
  max: new Date("2040-01-01T00:00:00Z"),
  noInvalidDate: true,
});

describe("periods of a time zone", () => {
  it("hold every instant in exactly one day and month, which follow each other without a gap", () => {
    fc.assert(
      fc.property(instant, zone, (at, name) => {
        const { day, month } = periodsAt(at, name);
        expect(month).toBe(`${day.slice(0, 7)}-01`);
        for (const [period, first] of [
          ["day", day],
          ["month", month],
        ] as const) {
          const [start, end] = [startOf(first, name), endOf(period, first, name)];
          expect(start.getTime()).toBeLessThanOrEqual(at.getTime());
          expect(at.getTime()).toBeLessThan(end.getTime());
          // The next one begins where this one ends, and not a moment earlier.
          expect(periodsAt(end, name)[period] > first).toBe(true);
          expect(periodsAt(new Date(end.getTime() - 1), name)[period]).toBe(first);
        }
        const hours = (endOf("day", day, name).getTime() - startOf(day, name).getTime()) / HOUR_MS;
        expect(hours).toBeGreaterThanOrEqual(23);
        expect(hours).toBeLessThanOrEqual(25);
      }),
    );
  });

  it("know daylight time, leap days and the ends of months", () => {
    const hours = (day: string, name: string) =>
      (endOf("day", day, name).getTime() - startOf(day, name).getTime()) / HOUR_MS;
    expect(hours("2027-03-28", "Europe/Berlin")).toBe(23);
    expect(hours("2027-10-31", "Europe/Berlin")).toBe(25);
    expect(hours("2026-10-04", "Australia/Lord_Howe")).toBe(23.5);
    expect(endOf("day", "2028-02-28", "UTC").toISOString()).toBe("2028-02-29T00:00:00.000Z");
    expect(endOf("month", "2028-02-01", "UTC").toISOString()).toBe("2028-03-01T00:00:00.000Z");
    expect(endOf("month", "2027-12-01", "America/New_York").toISOString()).toBe("2028-01-01T05:00:00.000Z");
    // At midnight the clocks were set forward: the day began at one.
    expect(startOf("2018-11-04", "America/Sao_Paulo").toISOString()).toBe("2018-11-04T03:00:00.000Z");
    // There was no 30 December 2011 in Samoa.
    expect(startOf("2011-12-30", "Pacific/Apia")).toEqual(startOf("2011-12-31", "Pacific/Apia"));
  });

  it("are of zones that have a name", () => {
    expect(["Europe/Berlin", "europe/berlin", "UTC"].every(isTimeZone)).toBe(true);
    expect(["+02:00", "Mars/Base", "", "Europe/Berlin; x"].some(isTimeZone)).toBe(false);
    expect(canonicalZone("europe/berlin")).toBe("Europe/Berlin");
  });
});
