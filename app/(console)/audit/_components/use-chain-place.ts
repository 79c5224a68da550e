"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo, useSyncExternalStore } from "react";

export const VIEWS = ["graph", "list"] as const;
export type View = (typeof VIEWS)[number];
export const RECORD_FORMS = ["pretty", "raw"] as const;
export type RecordForm = (typeof RECORD_FORMS)[number];

/** `push` makes a step that Back undoes; `replace` is for walking along. */
type Step = "push" | "replace";

export type ChainPlace = {
  /** The event whose panel is open. */
  eventId: string | null;
  select(eventId: string | null, step?: Step): void;
  /** What the address says; null leaves it to the width. */
  view: View | null;
  setView(view: View): void;
  recordForm: RecordForm;
  setRecordForm(form: RecordForm): void;
};

/** Where in a chain the reader is: all of it is in the address, so that a link leads to the same place. */
export function useChainPlace(): ChainPlace {
  const [place, setPlace] = useQueryStates({
    event: parseAsString,
    view: parseAsStringLiteral(VIEWS),
    record: parseAsStringLiteral(RECORD_FORMS).withDefault("pretty"),
  });
  // The same functions at every drawing: what is drawn by hundreds is drawn again only where it changed.
  const steps = useMemo(
    () => ({
      select: (event: string | null, step: Step = "push") => void setPlace({ event }, { history: step }),
      setView: (view: View) => void setPlace({ view }, { history: "push" }),
      setRecordForm: (record: RecordForm) => void setPlace({ record }, { history: "push" }),
    }),
    [setPlace],
  );
  return { eventId: place.event, view: place.view, recordForm: place.record, ...steps };
}

const WIDE = "(min-width: 64rem)";

function onWidth(changed: () => void): () => void {
  const query = window.matchMedia(WIDE);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** Whether there is room for a graph; null on the server, which cannot know. */
export function useIsWide(): boolean | null {
  return useSyncExternalStore<boolean | null>(
    onWidth,
    () => window.matchMedia(WIDE).matches,
    () => null,
  );
}
