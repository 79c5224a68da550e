import { expect, test } from "vitest";
import { PLACES } from "./places.ts";
import { findShortcut, keyName, SHORTCUTS } from "./shortcuts.ts";

const press = (key: string, modifiers = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, altKey: false, ...modifiers });

test("a key press is named as the list names it", () => {
  expect(press("g")).toBe("g");
  expect(press("?")).toBe("?");
  expect(press("k", { ctrlKey: true })).toBe("mod+k");
  expect(press("K", { metaKey: true })).toBe("mod+k");
  // Part of no shortcut: a composed character, a key that writes nothing.
  expect(press("g", { altKey: true })).toBeNull();
  expect(press("Escape")).toBeNull();
});

test("keys are found one after the other", () => {
  expect(findShortcut(["g"])).toBe("begun");
  expect(findShortcut(["g", "u"])).toMatchObject({ command: { goTo: "/audit" } });
  expect(findShortcut(["g", "?"])).toBeNull();
  expect(findShortcut(["?"])).toMatchObject({ command: "help" });
  expect(findShortcut(["u"])).toBeNull();
});

test("every page has a shortcut, and none hides another", () => {
  for (const { href } of PLACES) expect(SHORTCUTS.map(({ command }) => command)).toContainEqual({ goTo: href });
  for (const shortcut of SHORTCUTS) expect(findShortcut(shortcut.keys)).toBe(shortcut);
});
