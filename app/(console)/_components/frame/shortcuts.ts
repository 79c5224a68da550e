import { PLACES } from "./places.ts";

/** What a shortcut does: something of the frame, a page to go to, or what the page that is open says. */
export type Command = "palette" | "search" | "help" | { goTo: string } | (() => void);

export type Shortcut = {
  /** Pressed one after the other; `mod+` is Ctrl, or Cmd on a Mac. */
  keys: string[];
  does: string;
  command: Command;
};

/** The shortcuts of every page; a page adds its own (`usePageShortcuts`). What is listed under `?` is what works. */
export const SHORTCUTS: Shortcut[] = [
  { keys: ["mod+k"], does: "Find a page, an agent, an id, or something to do", command: "palette" },
  { keys: ["/"], does: "Search on this page", command: "search" },
  { keys: ["?"], does: "List the keyboard shortcuts", command: "help" },
  ...PLACES.map(({ name, href, key }) => ({ keys: ["g", key], does: `Go to ${name}`, command: { goTo: href } })),
];

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

/** A key press as shortcuts name it; null for one that no shortcut is made of. Shift is in the key itself: `?`. */
export function keyName({ key, ctrlKey, metaKey, altKey }: Press): string | null {
  if (altKey) return null;
  if (ctrlKey || metaKey) return `mod+${key.toLowerCase()}`;
  return key.length === 1 ? key : null;
}

/** The shortcut that the keys pressed so far are, or `begun` where they may become one. */
export function findShortcut(pressed: string[], ofPage: Shortcut[] = []): Shortcut | "begun" | null {
  const fitting = [...SHORTCUTS, ...ofPage].filter(({ keys }) => pressed.every((key, index) => keys[index] === key));
  return fitting.find(({ keys }) => keys.length === pressed.length) ?? (fitting.length > 0 ? "begun" : null);
}
