import { type EventSearch, filterOf } from "../../_components/events/search.ts";

const SHOWN = 50;

/** What the live view shows before anything arrives: the newest that fit. */
export function liveInput(search: EventSearch) {
  return { ...filterOf(search), order: "desc" as const, limit: SHOWN };
}

/** What it goes on with, further back. @param seq the number of the last event that it shows */
export function olderInput(search: EventSearch, seq: number) {
  return { ...filterOf(search), order: "desc" as const, limit: 100, before_seq: seq };
}
