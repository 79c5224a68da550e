import {
  createLoader,
  createParser,
  createSerializer,
  type inferParserType,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs/server";
import { CHANNELS, RESULTS } from "#server/audit/vocabulary.ts";
import type { AuditEvent } from "#server/domain/events/schemas.ts";

/** An instant as text: ISO 8601 in UTC. Anything else in an address narrows nothing. */
const parseAsInstant = createParser<string>({
  parse: (text) => (Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString()),
  serialize: (instant) => instant,
});

/** What events are narrowed by, as it stands in the address bar. */
export const searchParsers = {
  correlation: parseAsString,
  request: parseAsString,
  agent: parseAsString,
  channel: parseAsStringLiteral(CHANNELS),
  // Not `event`, which is an event's id where a chain is shown.
  name: parseAsString,
  result: parseAsStringLiteral(RESULTS),
  after: parseAsInstant,
  before: parseAsInstant,
};

export type EventSearch = inferParserType<typeof searchParsers>;

export const loadSearch = createLoader(searchParsers);
const serialize = createSerializer(searchParsers);

/** A page with a search in its address. */
export function pathOf(page: "/audit" | "/live", search: Partial<EventSearch>): string {
  return serialize(page, search);
}

/** Narrows nothing. */
export const EVERYTHING: EventSearch = {
  correlation: null,
  request: null,
  agent: null,
  channel: null,
  name: null,
  result: null,
  after: null,
  before: null,
};

/** The search as the list and the export of events take it. */
export function filterOf(search: EventSearch) {
  const { correlation, request, agent, channel, name, result, after, before } = search;
  return {
    ...(correlation ? { correlationId: correlation } : {}),
    ...(request ? { request_id: request } : {}),
    ...(agent ? { agentId: agent } : {}),
    ...(channel ? { channel } : {}),
    ...(name ? { event: name } : {}),
    ...(result ? { result } : {}),
    ...(after ? { after } : {}),
    ...(before ? { before } : {}),
  };
}

/** Whether an event is among what is searched for: what the server's list decides, for one that arrives. */
export function fits(event: AuditEvent, search: EventSearch): boolean {
  const { correlation, request, agent, channel, name, result, after, before } = search;
  return (
    (!correlation || event.correlationId === correlation) &&
    (!request || event.requestId === request) &&
    (!agent || event.agentId === agent) &&
    (!channel || event.channel === channel) &&
    (!name || event.event === name) &&
    (!result || event.result === result) &&
    (!after || event.ts > after) &&
    (!before || event.ts < before)
  );
}

/** Whether a search narrows at all. */
export function isNarrowed(search: EventSearch): boolean {
  return Object.values(search).some(Boolean);
}
