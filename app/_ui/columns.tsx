"use client";

import { Columns3 } from "lucide-react";
import { useMemo, useSyncExternalStore } from "react";
import { Menu } from "./menu.tsx";

/** What a choice of columns has to know of one. */
export type ColumnChoice = {
  id: string;
  name: string;
  /** Always shown. */
  fixed?: boolean;
  /** Not shown until it is chosen. */
  extra?: boolean;
  /** Speaks for itself: it has no head, and is no choice. */
  silent?: boolean;
};

export type ChosenColumns = { shown: ReadonlySet<string>; toggle(id: string): void };

const CHANGED = "anima-columns";

/**
 * Which columns of a table are shown, remembered in this browser. The server and the first paint show the usual ones, so
 * that both draw the same.
 *
 * @param table names the table for good: "agents"
 */
export function useColumns(table: string, columns: readonly ColumnChoice[]): ChosenColumns {
  const name = `anima.columns.${table}`;
  const stored = useSyncExternalStore(
    subscribe,
    () => read(name),
    () => null,
  );
  return useMemo(() => {
    const chosen = stored?.split(",");
    const isShown = ({ id, fixed, extra }: ColumnChoice) => fixed || (chosen ? chosen.includes(id) : !extra);
    const shown = new Set(columns.filter(isShown).map(({ id }) => id));
    const toggle = (id: string) => {
      const next = columns.filter((column) => shown.has(column.id) !== (column.id === id)).map((column) => column.id);
      write(name, next.join(","));
    };
    return { shown, toggle };
  }, [stored, columns, name]);
}

function subscribe(changed: () => void): () => void {
  // `storage` comes from other tabs only, CHANGED from this one.
  window.addEventListener("storage", changed);
  window.addEventListener(CHANGED, changed);
  return () => {
    window.removeEventListener("storage", changed);
    window.removeEventListener(CHANGED, changed);
  };
}

// A browser may forbid storage to a site: then a choice lasts as long as the page.
const unsaved = new Map<string, string>();

function read(name: string): string | null {
  try {
    return window.localStorage.getItem(name) ?? unsaved.get(name) ?? null;
  } catch {
    return unsaved.get(name) ?? null;
  }
}

function write(name: string, value: string): void {
  try {
    window.localStorage.setItem(name, value);
  } catch {
    unsaved.set(name, value);
  }
  window.dispatchEvent(new Event(CHANGED));
}

/** Chooses the columns of a table; on narrow screens tables have a form of their own. */
export function ColumnsMenu({ columns, chosen }: { columns: readonly ColumnChoice[]; chosen: ChosenColumns }) {
  const button = {
    size: "icon",
    title: "Columns",
    className: "hidden md:inline-flex",
    children: <Columns3 aria-hidden />,
  } as const;
  const entries = columns
    .filter(({ silent }) => !silent)
    .map(({ id, name, fixed = false }) => ({
      name,
      checked: chosen.shown.has(id),
      disabled: fixed,
      onSelect: () => chosen.toggle(id),
    }));
  return <Menu label="Columns" button={button} entries={entries} />;
}
