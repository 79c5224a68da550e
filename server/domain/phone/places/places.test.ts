import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { areasFile, zonesFile } from "../../../../scripts/phone-places/derive.ts";
import { normalizeNumber, parseNumber } from "./number.ts";
import { placeOf } from "./where.ts";

describe("the tables of places", () => {
  it("are what the installed data says (node scripts/phone-places.ts)", async () => {
    const read = (name: string) => readFile(new URL(name, import.meta.url), "utf8");
    expect(await read("./zones.ts")).toBe(zonesFile());
    expect(await read("./areas.ts")).toBe(areasFile());
    // All of the data is read and sorted anew: seconds, more where the machine is busy.
  });

  it.each([
    ["+14155550142", "CA", ["America/Los_Angeles"]],
    ["+17135550142", "TX", ["America/Chicago"]],
    ["+19155550142", "TX", ["America/Denver"]],
    ["+17875550142", "PR", ["America/Puerto_Rico"]],
    ["+18504320142", "FL", ["America/Chicago"]],
    ["+18505550142", "FL", ["America/Chicago", "America/New_York"]],
    ["+12082410142", "ID", ["America/Denver"]],
    ["+442079460018", null, ["Europe/London"]],
  ])("%s is in %s, %j", (number, state, zones) => {
    expect(placeOf(number)).toEqual({ known: true, state, zones });
  });

  it("a number of no area may be anywhere in the United States", () => {
    const { known, zones } = placeOf("+18005550142");
    expect(known).toBe(false);
    expect(zones).toEqual(expect.arrayContaining(["America/New_York", "Pacific/Honolulu", "America/Puerto_Rico"]));
  });
});

describe("numbers", () => {
  it.each([
    ["+1 (415) 555-0142", "+14155550142"],
    ["415.555.0142", "+14155550142"],
    ["14155550142", "+14155550142"],
    ["+44 20 7946 0018", "+442079460018"],
    // Ten digits after a plus are not a number of North America without its country.
    ["+45 22 34 56 78", "+4522345678"],
    ["+372 555 1234", "+3725551234"],
    ["+65 9234 5678", "+6592345678"],
    ["12345", null],
    ["", null],
    // Whoever has the extension has the number: that is what is not called.
    ["+14155550142 x5", "+14155550142"],
    ["=SUM(A1)", null],
  ])("%j is listed as %j", (text, number) => expect(normalizeNumber(text)).toBe(number));

  it.each([
    ["+14155550142", null, "US"],
    ["+16715550142", null, "US"],
    ["+18005550142", null, "US"],
    ["+16135550142", null, "CA"],
    ["911", "emergency", undefined],
    ["1 911", "emergency", undefined],
    ["211", "short", undefined],
    ["+19005550142", "premium", "US"],
    ["+14159765555", "premium", "US"],
    ["+4415", "short", undefined],
    ["+1415555014", "invalid", undefined],
    ["+14155550142;ext=5", "invalid", undefined],
    ["1".repeat(60), "invalid", undefined],
  ])("%s: %s", (text, problem, country) => {
    const parsed = parseNumber(text, "US");
    expect({ problem: parsed.problem, country: parsed.number?.country }).toEqual({ problem, country });
  });
});
