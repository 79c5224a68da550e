"use client";

import dynamic from "next/dynamic";
import { createContext, type ReactNode, type RefObject, useContext, useEffect, useRef, useState } from "react";
import { patient } from "../../../_lib/reachability.ts";
import { useGo } from "../../../_lib/use-go.ts";
import { type Command, findShortcut, keyName, type Shortcut } from "./shortcuts.ts";
import { singleKeysOn } from "./single-keys.ts";

const Palette = dynamic(
  patient(() => import("./palette.tsx").then((module) => module.Palette)),
  { ssr: false },
);
const ShortcutList = dynamic(
  patient(() => import("./shortcut-list.tsx").then((module) => module.ShortcutList)),
  { ssr: false },
);

/** How long after the first key of a shortcut the second may come. */
const NEXT_KEY_MS = 1_500;

type Open = "palette" | "help" | null;

const FrameContext = createContext<(open: Open) => void>(() => {
  throw new TypeError("there is no Keyboard above this component");
});

/** Opens the command palette or the list of shortcuts. */
export function useFrame(): (open: Open) => void {
  return useContext(FrameContext);
}

const PageShortcutsContext = createContext<RefObject<Shortcut[]>>({ current: [] });

/** Adds a page's own shortcuts while it is open. They must not begin with a key of the frame's. */
export function usePageShortcuts(shortcuts: Shortcut[]): void {
  const ofPage = useContext(PageShortcutsContext);
  useEffect(() => {
    ofPage.current = shortcuts;
    return () => {
      ofPage.current = [];
    };
  });
}

/** The keyboard shortcuts, and the two dialogs that they open; those are loaded when they are first wanted. */
export function Keyboard({ children }: { children: ReactNode }) {
  const go = useGo();
  const [open, setOpen] = useState<Open>(null);
  const ofPage = useRef<Shortcut[]>([]);
  useEffect(() => {
    const run = (command: Command) => {
      if (command === "search") focusSearch();
      else if (typeof command === "string") setOpen(command);
      else if (typeof command === "function") command();
      else go(command.goTo);
    };
    return listen(run, ofPage);
  }, [go]);
  const close = () => setOpen(null);
  return (
    <FrameContext value={setOpen}>
      <PageShortcutsContext value={ofPage}>{children}</PageShortcutsContext>
      {open === "palette" ? <Palette onClose={close} onHelp={() => setOpen("help")} /> : null}
      {open === "help" ? <ShortcutList ofPage={ofPage.current} onClose={close} /> : null}
    </FrameContext>
  );
}

function listen(run: (command: Command) => void, ofPage: RefObject<Shortcut[]>): () => void {
  let pressed: string[] = [];
  let forget: ReturnType<typeof setTimeout> | undefined;
  const onKeyDown = (event: KeyboardEvent) => {
    const key = keyName(event);
    if (key === null || event.defaultPrevented || event.repeat || isBusy(event.target, key)) return;
    clearTimeout(forget);
    // A key that does not go on with what was begun begins anew.
    let found = findShortcut([...pressed, key], ofPage.current);
    pressed = found === null ? [key] : [...pressed, key];
    found ??= findShortcut(pressed, ofPage.current);
    if (found === "begun") {
      forget = setTimeout(() => {
        pressed = [];
      }, NEXT_KEY_MS);
      return;
    }
    pressed = [];
    if (found === null) return;
    event.preventDefault();
    run(found.command);
  };
  document.addEventListener("keydown", onKeyDown);
  return () => {
    clearTimeout(forget);
    document.removeEventListener("keydown", onKeyDown);
  };
}

const FIELDS = "input, textarea, select, [contenteditable=true], [role=combobox]";
const DIALOG = "[role=dialog], [role=alertdialog]";

/** Whether a key is meant for something else: a field that is typed in, a dialog that must be answered first. */
function isBusy(target: EventTarget | null, key: string): boolean {
  if (document.querySelector(DIALOG)) return true;
  const typesText = !key.startsWith("mod+");
  if (typesText && !singleKeysOn()) return true;
  return typesText && target instanceof Element && target.closest(FIELDS) !== null;
}

/** The page's own search is the field that says so; else the one in a <search> element, or one of type search. */
function focusSearch(): void {
  const find = (selector: string) => document.querySelector<HTMLInputElement>(selector);
  const field = find('main [aria-keyshortcuts="/"]') ?? find("main search input, main input[type=search]");
  field?.focus();
  field?.select();
}
