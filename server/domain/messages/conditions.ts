import { encodeTime } from "ulid";
import { DIRECTIONS, MESSAGE_CHANNELS, MESSAGE_STATUSES } from "./schemas.ts";

/** Which messages of an organisation. Every member narrows; an absent one does not. */
export type MessageFilter = {
  agentId?: string | undefined;
  channels?: readonly string[] | undefined;
  direction?: string | undefined;
  status?: string | undefined;
  threadId?: string | undefined;
  /** The id of an inbox, or its address. */
  inbox?: string | undefined;
  /** Upper and lower case are the same. */
  fromAddress?: string | undefined;
  /** One of the recipients in To. Upper and lower case are the same. */
  toAddress?: string | undefined;
  /** All of them. */
  labels?: readonly string[] | undefined;
  includeSpam?: boolean | undefined;
  /** From this instant on. */
  from?: Date | undefined;
  /** Up to and with this instant. */
  to?: Date | undefined;
  /** Later than this instant. */
  after?: Date | undefined;
  /** Earlier than this instant. */
  before?: Date | undefined;
  /** Words that all occur, "a phrase", `or`, `-without`: websearch_to_tsquery. */
  words?: string | undefined;
};

/** @property before only messages older than the one of this id: the last of the page before */
export type Page = { limit: number; before?: string | undefined };

// Expressions of the index message_find.
const FACETS = "(m.labels || ARRAY[m.channel, m.direction, m.status])";
export const PLACES = "message_places(m.id, m.agent_id, m.inbox_id)";

export type Query = { text: string; values: unknown[] };
export type Bind = (value: unknown) => string;

/** What a message may have several of: its ordered list (message_tags), and the same as an unordered condition. */
export type Tag = { key: string; name: (bind: Bind) => string; condition: (bind: Bind) => string };

export function conditionsOf(orgId: string, filter: MessageFilter, page: Page, bind: Bind): string[] {
  return [
    `m.org_id = ${bind(orgId)}`,
    `m.spam = ANY(${bind(spamOf(filter))})`,
    ...(filter.agentId === undefined ? [] : [`m.agent_id = ${bind(filter.agentId)}`]),
    ...inboxOf(filter, bind),
    ...tagsOf(filter).map((tag) => tag.condition(bind)),
    ...wordsOf(filter, bind),
    ...stateOf(filter, bind),
    ...rangeOf("m.id", filter, page, bind),
  ];
}

export function newValues(): { values: unknown[]; bind: Bind } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${values.push(value)}` };
}

export function tagsOf({ fromAddress, toAddress, labels = [] }: MessageFilter): Tag[] {
  return [
    ...(fromAddress === undefined ? [] : [addressTag("from", fromAddress)]),
    ...(toAddress === undefined ? [] : [addressTag("to", toAddress)]),
    ...labels.map((label) => ({
      key: `label ${label}`,
      name: (bind: Bind) => bind(`label ${label}`),
      condition: (bind: Bind) => `${FACETS} @> ARRAY[${bind(label)}::text]`,
    })),
  ];
}

function addressTag(role: "from" | "to", address: string): Tag {
  return {
    key: role,
    // Lower case as the database understands it, which wrote the tag.
    name: (bind) => `'${role} ' || lower(left(${bind(address)}, 320))`,
    condition: (bind) => `m.search @@ message_address('${role}', ${bind(address)})`,
  };
}

export function wordsOf({ words }: MessageFilter, bind: Bind): string[] {
  return words === undefined ? [] : [`m.search @@ websearch_to_tsquery('simple', ${bind(words)})`];
}

export function spamOf({ includeSpam, labels }: MessageFilter): boolean[] {
  return includeSpam || labels?.includes("spam") ? [false, true] : [false];
}

export function stateOf({ channels, direction, status }: MessageFilter, bind: Bind): string[] {
  const facets = [direction, status].filter((facet) => facet !== undefined);
  return [
    ...(facets.length === 0 ? [] : [`${FACETS} @> ${bind(facets)}::text[]`]),
    ...(channels === undefined ? [] : [`${FACETS} && ${bind(channels)}::text[]`]),
  ];
}

export function stateKeysOf({ channels, direction, status }: MessageFilter): Record<string, readonly string[]> {
  if (channels === undefined && direction === undefined && status === undefined) return {};
  return {
    channel: channels ?? MESSAGE_CHANNELS,
    direction: direction === undefined ? DIRECTIONS : [direction],
    status: status === undefined ? MESSAGE_STATUSES : [status],
  };
}

export function inboxOf({ inbox }: MessageFilter, bind: Bind): string[] {
  if (inbox === undefined) return [];
  // Addresses are unique over all organisations; the organisation of the message is asked besides.
  return inbox.includes("@")
    ? [`m.inbox_id = (SELECT i.id FROM inbox i WHERE i.email = lower(${bind(inbox)}))`]
    : [`m.inbox_id = ${bind(inbox)}`];
}

const DAY_MS = 86_400_000;

/**
 * Where a page begins, and the range of time. Id and created_at are not taken from one reading of the clock: the id finds
 * the place of an old range without reading what is newer, with a day of slack; created_at decides.
 */
export function rangeOf(id: string, { from, to, after, before }: MessageFilter, page: Page, bind: Bind): string[] {
  const conditions: string[] = [];
  const add = (left: string, value: unknown) => {
    if (value !== undefined) conditions.push(`${left} ${bind(value)}`);
  };
  add(`${id} <`, page.before);
  add(`${id} >=`, idBound(from ?? after, -1));
  add(`${id} <`, idBound(to ?? before, 1));
  add("m.created_at >=", from);
  add("m.created_at <=", to);
  add("m.created_at >", after);
  add("m.created_at <", before);
  return conditions;
}

export function idBound(instant: Date | undefined, days: -1 | 1): string | undefined {
  return instant && encodeTime(Math.max(0, instant.getTime() + days * DAY_MS), 10);
}
