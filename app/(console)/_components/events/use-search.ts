"use client";

import { useQueryStates } from "nuqs";
import { type EventSearch, searchParsers } from "./search.ts";

/** The search in the address bar; every change of it is a step that Back undoes. Empty text narrows nothing. */
export function useSearch(): [search: EventSearch, change: (change: Partial<EventSearch>) => void] {
  const [search, setSearch] = useQueryStates(searchParsers, { history: "push" });
  const change = (changed: Partial<EventSearch>) => {
    const entries = Object.entries(changed).map(([member, value]) => [member, value || null]);
    void setSearch(Object.fromEntries(entries) as Partial<EventSearch>);
  };
  return [search, change];
}
