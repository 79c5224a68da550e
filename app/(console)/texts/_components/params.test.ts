import { expect, test } from "vitest";
import { searchOf } from "./params.ts";

test("what can be a number is looked for as one, anything else as words", () => {
  expect(searchOf("+1 (212) 555-0100")).toEqual({ number: "+1 (212) 555-0100", q: "" });
  for (const words of ["parcel", "order 20418", "(415) 555", ""])
    expect(searchOf(words)).toEqual({ number: null, q: words });
});
