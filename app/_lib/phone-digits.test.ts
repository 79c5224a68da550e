import { expect, test } from "vitest";
import { isWholeNumber, phoneDigits } from "./phone-digits.ts";

test("a text is part of a telephone number, or a whole one, however it is written", () => {
  expect(phoneDigits("+1 (212) 555-0100")).toBe("12125550100");
  expect(phoneDigits("0342")).toBe("0342");
  expect(phoneDigits("42")).toBeNull();
  expect(phoneDigits("order 20418")).toBeNull();
  expect(["212 555-0100", "+65 6123 4567"].every(isWholeNumber)).toBe(true);
  expect(["555 0100", "(415) 555", "212 555 0100 x"].some(isWholeNumber)).toBe(false);
});
