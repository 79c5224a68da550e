import type pg from "pg";
import {
  conditionsOf,
  inboxOf,
  type MessageFilter,
  newValues,
  type Page,
  type Query,
  rangeOf,
  spamOf,
  stateKeysOf,
  stateOf,
  type Tag,
  tagsOf,
  wordsOf,
} from "./conditions.ts";
import { findBack } from "./find-back.ts";
import type { StoredMessage } from "./schemas.ts";
import { READ_BYTES, STORED_BYTES } from "./stored-bytes.ts";

/** The columns of StoredMessage, under its names. */
const COLUMNS = `m.id, m.agent_id AS "agentId", m.inbox_id AS "inboxId", m.channel, m.direction, m.status,
  m.status_reason AS "statusReason", m.from_address AS "fromAddress", m."to", m.cc, m.bcc, m.subject, m.body,
  m.body_html AS "bodyHtml", m.extracted_text AS "extractedText", m.extracted_html AS "extractedHtml", m.headers,
  m.metadata, m.thread_id AS "threadId", m.labels, m.external_id AS "externalId", m.in_reply_to AS "inReplyTo",
  m."references", m.correlation_id AS "correlationId", m.verdicts, m.segments, m.sent_at AS "sentAt", m.received_at AS "receivedAt",
  m.created_at AS "createdAt", m.updated_at AS "updatedAt"`;

// How many messages of a list are looked through before the unordered index is asked. They cost about 4 ms.
const WINDOW = 5_000;

/**
 * The ids of messages, newest first: they begin with the time. The one query behind lists, search and threads.
 *
 * Every list is an index in the order of ids: by agent, inbox, channel, direction and status, or by one tag (a label, a
 * sender, a recipient). What narrows it further has no order of its own (words, a second tag). Then the newest of the
 * list are looked through, which finds what is common, and after them the unordered index, which finds what is rare or
 * has become rare, back in time stretch by stretch.
 * PostgreSQL guesses wrongly which is which: a rare word among a million messages took a second.
 *
 * @param page.before only messages older than the one of this id: the last of the page before
 */
export async function findMessages(pool: pg.Pool, orgId: string, filter: MessageFilter, page: Page): Promise<string[]> {
  const read = async (query: Query) => (await pool.query<{ id: string }>(query)).rows.map(({ id }) => id);
  if (filter.threadId !== undefined) return read(threadQuery(orgId, filter, page));
  const tags = tagsOf(filter);
  for (const tag of tags.length === 0 ? [undefined] : tags) {
    const { query, isComplete } = listQuery(orgId, filter, page, tag);
    const found = await read(query);
    if (isComplete || found.length === page.limit) return found;
  }
  return findBack(pool, orgId, filter, page);
}

/** The newest of these messages, newest first: as many as do not need too much memory, and at least one. */
export async function readNewest(pool: pg.Pool, orgId: string, ids: readonly string[]): Promise<StoredMessage[]> {
  if (ids.length === 0) return [];
  const { rows } = await pool.query<StoredMessage>({
    name: "messages-newest",
    text: `SELECT ${COLUMNS} FROM (
        SELECT *, sum(${STORED_BYTES}) OVER (ORDER BY id DESC) - (${STORED_BYTES}) AS before
        FROM message WHERE org_id = $1 AND id = ANY($2)
      ) m WHERE m.before < $3 ORDER BY m.id DESC`,
    values: [orgId, ids, READ_BYTES],
  });
  return rows;
}

/**
 * Reads along one list: that of the tag where there is one. What the list's index leaves open in front of the id is asked value by value, so that each part
 * comes in order. `isComplete`: nothing that matches can lie beyond what the query looks through.
 */
function listQuery(
  orgId: string,
  filter: MessageFilter,
  page: Page,
  tag: Tag | undefined,
): { query: Query; isComplete: boolean } {
  const { values, bind } = newValues();
  const otherTags = tagsOf(filter).filter((other) => other.key !== tag?.key);
  const stateIsInList = tag === undefined && filter.words === undefined;
  const narrowing = [
    ...otherTags.map((other) => other.condition(bind)),
    ...wordsOf(filter, bind),
    ...(stateIsInList ? [] : stateOf(filter, bind)),
    ...(tag === undefined ? [] : inboxOf(filter, bind)),
  ];
  const keys = { spam: spamOf(filter), ...(stateIsInList ? stateKeysOf(filter) : {}) };
  const [row, id] = tag === undefined ? ["m", "m.id"] : ["t", "t.message_id"];
  const conditions = [
    `${row}.org_id = ${bind(orgId)}`,
    ...(tag === undefined ? inboxOf(filter, bind) : [`t.tag = ${tag.name(bind)}`]),
    ...(filter.agentId === undefined ? [] : [`${row}.agent_id = ${bind(filter.agentId)}`]),
    ...Object.keys(keys).map((column) => `${row}.${column} = k.${column}`),
    ...rangeOf(id, filter, page, bind),
  ];
  // OFFSET 0 keeps PostgreSQL from turning the two around: messages in order, each asked for its tag.
  const from =
    tag === undefined
      ? "message m"
      : "message_tag t, LATERAL (SELECT * FROM message WHERE org_id = t.org_id AND id = t.message_id OFFSET 0) m";
  const combinations = Object.entries(keys).map(
    ([column, each]) => `unnest(${bind(each)}::${column === "spam" ? "boolean" : "text"}[]) AS ${column}`,
  );
  const text = `SELECT m.id
    FROM (SELECT * FROM ${combinations.join(", ")}) k,
      LATERAL (SELECT m.* FROM ${from} WHERE ${conditions.join(" AND ")} ORDER BY ${id} DESC
        LIMIT ${narrowing.length === 0 ? page.limit : WINDOW}) m
    ${narrowing.length === 0 ? "" : `WHERE ${narrowing.join(" AND ")}`}
    ORDER BY m.id DESC LIMIT ${page.limit}`;
  return { query: { text, values }, isComplete: narrowing.length === 0 };
}

/** The messages of a thread that match: its index has them in order. */
function threadQuery(orgId: string, filter: MessageFilter, page: Page): Query {
  const { values, bind } = newValues();
  const conditions = [...conditionsOf(orgId, filter, page, bind), `m.thread_id = ${bind(filter.threadId)}`];
  const text = `SELECT m.id FROM message m WHERE ${conditions.join(" AND ")} ORDER BY m.id DESC LIMIT ${page.limit}`;
  return { text, values };
}
