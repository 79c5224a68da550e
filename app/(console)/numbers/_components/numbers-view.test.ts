import { expect, test } from "vitest";
import type { NumberView } from "#server/domain/phone-numbers/overview.ts";
import { fits } from "./numbers-view.ts";

const number = { phoneNumber: "+14155550342", agentId: "desk", agentName: "Parcel desk 24" } as NumberView;

test("a number is found by its digits, however they are written, by its agent's name, and within an agent", () => {
  for (const search of ["", "0342", "(415) 555", "+1 415 555 0342", "parcel", "desk 24"]) {
    expect(fits(number, search, null), search).toBe(true);
  }
  expect(fits(number, "0343", null)).toBe(false);
  expect(fits(number, "0342", "desk")).toBe(true);
  expect(fits(number, "0342", "triage")).toBe(false);
});
