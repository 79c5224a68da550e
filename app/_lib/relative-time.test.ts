import { expect, test } from "vitest";
import { relativeTime } from "./relative-time.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [0, "just now"],
  [9 * SECOND, "just now"],
  [-9 * SECOND, "just now"],
  [10 * SECOND, "10 s ago"],
  [59 * SECOND, "50 s ago"],
  [MINUTE, "1 min ago"],
  [HOUR - 1, "59 min ago"],
  [HOUR, "1 h ago"],
  [DAY - 1, "23 h ago"],
  [7 * DAY - 1, "6 d ago"],
  [7 * DAY, null],
  [-3 * DAY, "in 3 d"],
  [-90 * MINUTE, "in 1 h"],
])("what is %d ms ago is %s", (distance, said) => {
  const now = Date.parse("2026-03-29T01:30:00Z");
  expect(relativeTime(now - distance, now)).toBe(said);
});
