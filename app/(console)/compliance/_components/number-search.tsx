"use client";

import { useQueryStates } from "nuqs";
import { useCallback } from "react";
import { SearchField } from "../../../_ui/search-field.tsx";
import { complianceView } from "./compliance-view.ts";

/** Looks for one number in a list. Numbers are compared whole, however they are written. */
export function NumberSearch() {
  const [{ number }, setView] = useQueryStates(complianceView, { history: "push" });
  const onSearch = useCallback(
    (text: string) => setView({ number: text || null }, { history: number === "" ? "push" : "replace" }),
    [setView, number],
  );
  return <SearchField label="Find a whole number" value={number} onSearch={onSearch} />;
}

/** The number that is searched for, and how to search for none. */
export function useNumberSearch(): { number: string; clear: () => void } {
  const [{ number }, setView] = useQueryStates(complianceView, { history: "push" });
  return { number, clear: () => setView({ number: null }) };
}
