import type { Client } from "pg";

/** Four fifths of all messages are this organisation's: the pages are read from it. */
export const LARGEST_ORG = "ORG-0";

// A ULID in SQL: 48 bits of time and, in place of chance, a number that keeps the order.
const ULID = `
  CREATE FUNCTION pg_temp.bench_ulid(ms bigint, n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT ${[45, 40, 35, 30, 25, 20, 15, 10, 5, 0]
      .map((shift) => `substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (ms >> ${shift} & 31)::integer + 1, 1)`)
      .join(" || ")} || lpad(upper(to_hex(n)), 16, '0')
  $$`;

// Lines of 20 words, of a vocabulary in which few are common and most are rare, as in any language.
const LINES = `
  CREATE TEMP TABLE line AS
  SELECT i, (SELECT string_agg('w' || (30000 * power(random(), 3))::integer, ' ') FROM generate_series(1, 20) WHERE i > 0) AS words
  FROM generate_series(1, 20000) AS i`;

// One message a minute, the last one now. A twentieth is spam, a hundredth has the label vip, the older half the
// label old. Threads have 5 messages.
// A quarter of the older half is from one sender who has been silent since; one inbox has the oldest messages alone.
// Contacts are as unequal as words; "rare@example.com", the label "rare" and the word "needle" are in 10 messages.
const MESSAGES = `
  INSERT INTO message (org_id, id, agent_id, inbox_id, channel, direction, status, from_address, "to", cc, bcc, subject,
    body, thread_id, labels, "references", correlation_id, event_id, created_at, updated_at)
  SELECT org, pg_temp.bench_ulid((extract(epoch FROM at) * 1000)::bigint, n), agent,
    CASE WHEN n <= 100 THEN 'INBOX-SILENT' ELSE 'INBOX-' || agent END,
    CASE WHEN n % 1000 = 0 THEN 'SMS' ELSE 'EMAIL' END,
    CASE WHEN inbound THEN 'INBOUND' ELSE 'OUTBOUND' END,
    CASE WHEN inbound THEN 'DELIVERED' WHEN n % 1000 = 7 THEN 'FAILED' ELSE 'SENT' END,
    CASE WHEN rare THEN 'rare@example.com' WHEN n % 4 = 0 AND n < $1::integer / 2 THEN 'silent@example.com' WHEN inbound THEN contact ELSE agent || '@agents.example' END,
    ARRAY[CASE WHEN rare THEN 'rare@example.net' WHEN inbound THEN agent || '@agents.example' ELSE contact END],
    '{}', '{}', left(one.words, 30), one.words || ' ' || two.words || CASE WHEN rare THEN ' needle' ELSE '' END,
    'THREAD-' || n / 5,
    ARRAY['read'] || CASE WHEN n % 20 = 3 THEN ARRAY['spam'] ELSE '{}' END
      || CASE WHEN n % 100 = 1 THEN ARRAY['vip'] ELSE '{}' END || CASE WHEN rare THEN ARRAY['rare'] ELSE '{}' END
      || CASE WHEN n < $1::integer / 2 THEN ARRAY['old'] ELSE '{}' END,
    '{}', 'corr_' || n / 5, 'EVENT-' || n, at, at
  FROM (
    SELECT n, n % 2 = 0 AS inbound, n % ($1::integer / 10) = 1 AS rare,
      'ORG-' || CASE WHEN n / 5 % 20 < 16 THEN 0 WHEN n / 5 % 20 < 19 THEN 1 ELSE 2 END AS org,
      'AGENT-' || n / 5 % 16 AS agent,
      'c' || (20000 * power(random(), 3))::integer || '@example.com' AS contact,
      $2::timestamptz - ($1::integer - n) * interval '1 minute' AS at
    FROM generate_series(1, $1::integer) AS n
  ) AS made
  JOIN line one ON one.i = n % 19997 + 1
  JOIN line two ON two.i = n * 7919::bigint % 19993 + 1
  ORDER BY n`;

// What the trigger does for each message, for all at once.
const TAGS = `
  INSERT INTO message_tag (org_id, tag, spam, message_id, agent_id)
  SELECT org_id, tag, spam, id, agent_id FROM message, message_tags(labels, from_address, "to") AS tag`;

const THREADS = `
  INSERT INTO thread (org_id, id, agent_id, channel, subject, participants, message_count, last_message_at,
    last_message_snippet, last_message_direction)
  SELECT org_id, thread_id, min(agent_id), 'EMAIL', min(subject), '{}', count(*), max(created_at), '', 'INBOUND'
  FROM message GROUP BY org_id, thread_id`;

const ATTACHMENTS = `
  INSERT INTO attachment (org_id, id, message_id, filename, mime_type, size_bytes, storage_key, created_at)
  SELECT org_id, id || '-1', id, 'report.pdf', 'application/pdf', 1000, id, created_at
  FROM message WHERE right(id, 1) = '0'`;

// As many calls, at the same times. One in a thousand failed, all of those came in, as a quarter did; ten in all run.
const CALLS = `
  INSERT INTO call (org_id, id, agent_id, phone_number_id, direction, tier, state, from_number, to_number, carrier,
    correlation_id, event_id, reservation_id, max_seconds, started_at, created_at)
  SELECT 'ORG-' || CASE WHEN n / 5 % 20 < 16 THEN 0 WHEN n / 5 % 20 < 19 THEN 1 ELSE 2 END,
    pg_temp.bench_ulid((extract(epoch FROM at) * 1000)::bigint, n), 'AGENT-' || n / 5 % 16, 'NUMBER',
    CASE WHEN n % 4 = 1 THEN 'INBOUND' ELSE 'OUTBOUND' END, 'basic',
    CASE WHEN n % ($1::integer / 10) = 5 THEN 'active' WHEN n % 1000 = 17 THEN 'failed' ELSE 'completed' END,
    '+12125550100', '+12125550101', 'sandbox', 'corr_' || n, 'EVENT-' || n, 'RESERVATION-' || n, 600, at, at
  FROM (SELECT n, $2::timestamptz - ($1::integer - n) * interval '1 minute' AS at FROM generate_series(1, $1::integer) AS n) AS made
  ORDER BY n`;

/** Fills an empty, migrated database. Indexes that no constraint needs are made afterwards, which takes half the time. */
export async function fillMessages(client: Client, count: number, now: Date): Promise<void> {
  await client.query("SET synchronous_commit = off");
  await client.query("SET maintenance_work_mem = '512MB'");
  await client.query(ULID);
  await client.query(LINES);
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
      WHERE tablename = 'message' AND indexdef NOT LIKE 'CREATE UNIQUE%'`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  await client.query("ALTER TABLE message DISABLE TRIGGER tag_message");
  await client.query(MESSAGES, [count, now]);
  await client.query(TAGS);
  await client.query("ALTER TABLE message ENABLE TRIGGER tag_message");
  for (const { definition } of rows) await client.query(definition);
  await client.query(THREADS);
  await client.query(ATTACHMENTS);
  await client.query(CALLS, [count, now]);
  await client.query("VACUUM ANALYZE");
}

/** What the pages are asked for by: the organisation's oldest time, and a message in the middle of it. */
export type Sample = { oldest: Date; middle: { id: string; threadId: string } };

/** Reads them from the filled database. */
export async function readSample(client: Client): Promise<Sample> {
  const oldest = await client.query<{ at: Date }>("SELECT min(created_at) AS at FROM message WHERE org_id = $1", [
    LARGEST_ORG,
  ]);
  const middle = await client.query<{ id: string; threadId: string }>(
    `SELECT id, thread_id AS "threadId" FROM message WHERE org_id = $1 ORDER BY id
      OFFSET (SELECT count(*) / 2 FROM message WHERE org_id = $1) LIMIT 1`,
    [LARGEST_ORG],
  );
  const [first, centre] = [oldest.rows[0], middle.rows[0]];
  if (!first || !centre) throw new Error("the database is empty");
  return { oldest: first.at, middle: centre };
}
