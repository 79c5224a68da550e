import { expect, test } from "vitest";
import { idPaths, matches } from "./palette-text.ts";

test("every word must be part of the name, in any order", () => {
  expect(matches("", "Audit")).toBe(true);
  expect(matches("dark THEME", "Theme dark")).toBe(true);
  expect(matches("dark sign", "Theme dark")).toBe(false);
});

test("a text leads wherever it can be an id", () => {
  const leads = (text: string) => idPaths(text).map(({ path }) => path);
  expect(leads("  ")).toEqual([]);
  expect(leads("order 1/2")).toEqual(["/audit?correlation=order%201%2F2"]);
  expect(leads("req_01ARZ3NDEKTSV4RRFFQ69G5FAV")).toEqual([
    "/audit?request=req_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "/audit?correlation=req_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  ]);
  expect(leads("01arz3ndektsv4rrffq69g5fav ")).toEqual([
    "/mail?message=01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "/calls/01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "/agents/01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "/audit?correlation=01arz3ndektsv4rrffq69g5fav",
  ]);
});
