import { type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";

/** What the list can be narrowed to, in the words of the API. */
export const STATE_FILTERS = [
  "all",
  "active",
  "ended",
  "queued",
  "ringing",
  "completed",
  "no_answer",
  "busy",
  "failed",
] as const;

/** What of the list of calls is in the address bar. */
export const callsView = {
  q: parseAsString.withDefault(""),
  agent: parseAsString,
  state: parseAsStringLiteral(STATE_FILTERS).withDefault("all"),
  direction: parseAsStringLiteral(["all", "inbound", "outbound"]).withDefault("all"),
  place: parseAsStringLiteral(["1"]),
};
export type CallsView = Omit<inferParserType<typeof callsView>, "place">;

/** A text of digits and what stands between them is a number; anything else was said. */
const NUMBER = /^\+?[\d\s().-]{7,}$/;

export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** The input of the list in a view: the page prefetches what the list then reads. */
export function callsInput({ q, agent, state, direction }: CallsView) {
  return {
    limit: 50,
    ...(isNumber(q) ? { number: q } : {}),
    ...(agent === null ? {} : { agentId: agent }),
    ...(state === "all" ? {} : { state }),
    ...(direction === "all" ? {} : { way: direction }),
  };
}

/** The same for the search by what was said, which knows no state and no direction. */
export function saidInput({ q, agent }: CallsView) {
  return { query: q, limit: 50, ...(agent === null ? {} : { agentId: agent }) };
}
