import fc from "fast-check";
import { encodeTime } from "ulid";
import { expect, it } from "vitest";
import { partsOf, stretchesBefore, stretchesBetween } from "./stretches.ts";

const id = fc
  .integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) })
  .map((time) => `${encodeTime(time, 10)}0000000000000000`);

it("every older id lies in exactly one stretch, the newest first", () => {
  fc.assert(
    fc.property(id, id, id, (a, b, c) => {
      const [oldest, between, before] = [a, b, c].sort() as [string, string, string];
      const stretches = stretchesBefore(before, oldest);
      expect(stretches.filter((stretch) => between.startsWith(stretch))).toHaveLength(1);
      expect(stretches).toEqual(stretches.toSorted((x, y) => (x.padEnd(6, "Z") < y.padEnd(6, "Z") ? 1 : -1)));
      // A year is 31 stretches of 12 days; at its edge stand at most 31 of each shorter kind.
      expect(stretches.length).toBeLessThan(1 + 31 + 31 + 32);
    }),
  );
});

it("every id between two lies in exactly one of the longest", () => {
  fc.assert(
    fc.property(id, id, id, (a, b, c) => {
      const [oldest, between, newest] = [a, b, c].sort() as [string, string, string];
      expect(stretchesBetween(newest, oldest).filter((stretch) => between.startsWith(stretch))).toHaveLength(1);
    }),
  );
});

it("a stretch has 32 parts down to 17 minutes", () => {
  const parts = partsOf("01K") ?? [];
  expect(parts).toHaveLength(32);
  expect(parts.at(0)).toBe("01KZ");
  expect(parts.at(-1)).toBe("01K0");
  expect(partsOf("01KABC")).toBeNull();
});
