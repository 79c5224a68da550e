import type pg from "pg";
import { sequencePending } from "#server/audit/sequencer.ts";

/**
 * Appends many events of an organisation at once and gives them their numbers: one a second, the last one at `now`. They
 * are as unequal as those of a real log, and some filters find them only far back:
 *
 * - agents AGENT-0 to AGENT-14, in turn; AGENT-15 only in the oldest tenth
 * - email.queued, email.sent and email.received by turns; one in 20 is agent.updated, one in 200 a FAILURE
 *   (email.bounced), one in 1,000 DENIED (key.access.refused); sms.sent only in the oldest tenth
 * - chains of 5 (corr-0, corr-1, ...), a request of its own each (req-0, ...); every other one with a private part
 *
 * @returns the milliseconds that the numbering took
 */
export async function fillLog(pool: pg.Pool, orgId: string, count: number, now: Date): Promise<number> {
  await pool.query(EVENTS, [orgId, count, now]);
  const start = performance.now();
  await sequencePending(pool, orgId);
  return performance.now() - start;
}

// The record is canonical JSON: members in the order of their names.
const EVENTS = `
  WITH made AS (
    SELECT n, $1 || '-' || extract(epoch FROM $3::timestamptz)::bigint || '-' || lpad(n::text, 8, '0') AS id,
      $3::timestamptz - ($2::integer - n) * interval '1 second' AS at,
      CASE WHEN n < $2 / 10 AND n % 7 = 0 THEN 'AGENT-15' ELSE 'AGENT-' || n % 15 END AS agent,
      CASE WHEN n % 1000 = 7 THEN 'key' WHEN n % 200 = 3 THEN 'email' WHEN n < $2 / 10 AND n % 11 = 0 THEN 'sms'
        WHEN n % 20 = 1 THEN 'agent' ELSE 'email' END AS channel,
      CASE WHEN n % 1000 = 7 THEN 'key.access.refused' WHEN n % 200 = 3 THEN 'email.bounced'
        WHEN n < $2 / 10 AND n % 11 = 0 THEN 'sms.sent' WHEN n % 20 = 1 THEN 'agent.updated'
        ELSE (ARRAY['email.queued', 'email.sent', 'email.received'])[n % 3 + 1] END AS event,
      CASE WHEN n % 1000 = 7 THEN 'DENIED' WHEN n % 200 = 3 THEN 'FAILURE' ELSE 'SUCCESS' END AS result,
      decode(md5(n::text), 'hex') AS salt,
      CASE WHEN n % 2 = 0 THEN '{"detail":"to kim@example.com: Order ' || n || '"}' END AS private
    FROM generate_series(0, $2::integer - 1) AS n
  ), appended AS (
    INSERT INTO event (org_id, id, ts, record)
    SELECT $1, id, at, '{"actorId":"' || agent || '","actorType":"AGENT","agentId":"' || agent || '","channel":"' ||
      channel || '","correlationId":"corr-' || n / 5 || '","data":{"n":' || n || '},"direction":null,"event":"' || event ||
      '","id":"' || id || '","orgId":"' || $1 || '","parentId":null,"private":' ||
      coalesce('"' || encode(sha256(salt || convert_to(private, 'UTF8')), 'hex') || '"', 'null') ||
      ',"requestId":"req-' || n || '","resourceId":null,"resourceType":null,"result":"' || result || '","ts":"' ||
      to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '","v":1}'
    FROM made
  ), explained AS (
    INSERT INTO event_private (org_id, event_id, ts, salt, data)
    SELECT $1, id, at, salt, private FROM made WHERE private IS NOT NULL
  )
  INSERT INTO event_pending (org_id, event_id, ts) SELECT $1, id, at FROM made ORDER BY n`;
