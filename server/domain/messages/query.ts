import type pg from "pg";
import { encodeTime } from "ulid";
import type { StoredMessage } from "./schemas.ts";

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

/** The columns of StoredMessage, under its names. */
const COLUMNS = `m.id, m.agent_id AS "agentId", m.inbox_id AS "inboxId", m.channel, m.direction, m.status,
  m.status_reason AS "statusReason", m.from_address AS "fromAddress", m."to", m.cc, m.bcc, m.subject, m.body,
  m.body_html AS "bodyHtml", m.extracted_text AS "extractedText", m.extracted_html AS "extractedHtml", m.headers,
  m.metadata, m.thread_id AS "threadId", m.labels, m.external_id AS "externalId", m.in_reply_to AS "inReplyTo",
  m."references", m.correlation_id AS "correlationId", m.verdicts, m.sent_at AS "sentAt", m.received_at AS "receivedAt",
  m.created_at AS "createdAt", m.updated_at AS "updatedAt"`;

/** The expression of the index message_facets. */
const FACETS = "(m.labels || ARRAY[m.channel, m.direction, m.status])";

// How many messages are looked through before an unordered index is asked. They cost about 4 ms (bench/list-pages.ts).
const WINDOW = 5_000;

/**
 * Messages, newest first: by id, which begins with the time. The one query behind lists, search and threads.
 *
 * Words, addresses, labels, channel, direction and status are in indexes that have no order. What is common is found
 * soonest by reading back from the newest message, what is rare in the index. PostgreSQL guesses wrongly which is which
 * (a rare word among a million messages took a second), so the newest are looked through first, then the index.
 *
 * @param page.before only messages older than the one of this id: the last of the page before
 */
export async function queryMessages(
  pool: pg.Pool,
  orgId: string,
  filter: MessageFilter,
  page: { limit: number; before?: string | undefined },
): Promise<StoredMessage[]> {
  const { scope, narrowing, isIndexed, values } = conditionsOf(orgId, filter, page.before);
  const select = async (from: string, conditions: string[], order: string) => {
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const { rows } = await pool.query<StoredMessage>(
      `SELECT ${COLUMNS} FROM ${from} m ${where} ORDER BY ${order} DESC LIMIT ${page.limit}`,
      values,
    );
    return rows;
  };
  const all = [...scope, ...narrowing];
  if (!isIndexed || filter.threadId !== undefined) return select("message", all, "m.id");
  const newest = `(SELECT * FROM message m WHERE ${scope.join(" AND ")} ORDER BY id DESC LIMIT ${WINDOW})`;
  const found = await select(newest, narrowing, "m.id");
  // No index has this order, so that reading back along one is no choice.
  return found.length === page.limit ? found : select("message", all, "m.id || ''");
}

type Conditions = {
  /** What an index has in the order of ids. */
  scope: string[];
  narrowing: string[];
  /** Whether one of the narrowing conditions is in an index that has no order. */
  isIndexed: boolean;
  values: unknown[];
};

function conditionsOf(orgId: string, filter: MessageFilter, before: string | undefined): Conditions {
  const values: unknown[] = [orgId];
  const scope = ["m.org_id = $1"];
  const narrowing: string[] = [];
  const add = (to: string[], sql: string, value: unknown) => {
    if (value !== undefined) to.push(sql.replace("?", `$${values.push(value)}`));
  };
  add(scope, "m.agent_id = ?", filter.agentId);
  add(scope, "m.id < ?", before);
  add(scope, "m.id >= ?", idBound(filter.from ?? filter.after, -1));
  add(scope, "m.id < ?", idBound(filter.to ?? filter.before, 1));

  const facets = [...(filter.labels ?? []), filter.direction, filter.status].filter((facet) => facet !== undefined);
  add(narrowing, `${FACETS} @> ?::text[]`, facets.length === 0 ? undefined : facets);
  add(narrowing, `${FACETS} && ?::text[]`, filter.channels);
  add(narrowing, "m.search @@ message_address('from', ?)", filter.fromAddress);
  add(narrowing, "m.search @@ message_address('to', ?)", filter.toAddress);
  add(narrowing, "m.search @@ websearch_to_tsquery('simple', ?)", filter.words);
  const isIndexed = narrowing.length > 0;

  add(narrowing, "m.thread_id = ?", filter.threadId);
  const inbox = filter.inbox?.includes("@")
    ? "m.inbox_id = (SELECT i.id FROM inbox i WHERE i.org_id = $1 AND i.email = lower(?))"
    : "m.inbox_id = ?";
  add(narrowing, inbox, filter.inbox);
  add(narrowing, "m.created_at >= ?", filter.from);
  add(narrowing, "m.created_at <= ?", filter.to);
  add(narrowing, "m.created_at > ?", filter.after);
  add(narrowing, "m.created_at < ?", filter.before);
  if (!filter.includeSpam && !filter.labels?.includes("spam")) narrowing.push("NOT m.labels @> '{spam}'");
  return { scope, narrowing, isIndexed, values };
}

const DAY_MS = 86_400_000;

/**
 * Where a range of time can begin or end in the order of ids, so that an old range is found without reading what is
 * newer. Id and created_at are not taken from one reading of the clock, hence a day of slack; created_at decides.
 */
function idBound(instant: Date | undefined, days: -1 | 1): string | undefined {
  return instant && encodeTime(Math.max(0, instant.getTime() + days * DAY_MS), 10);
}
