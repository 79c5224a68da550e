import type { Client } from "pg";

/** Columns of n, the number of an agent: every 50th is paused, every 20th deleted; "needle" is in ten names. */
const AGENTS = `
  INSERT INTO agent (org_id, id, name, slug, status, created_at, updated_at)
  SELECT $1, lpad(n::text, 26, '0'),
    'Agent ' || md5(n::text) || CASE WHEN n % ($2::integer / 10) = 1 THEN ' needle' WHEN n < $2::integer / 2 THEN ' old' ELSE '' END,
    'bulk-' || n, CASE WHEN n % 20 = 3 THEN 'DELETED' WHEN n % 50 = 0 THEN 'PAUSED' ELSE 'ACTIVE' END, now(), now()
  FROM generate_series(1, $2::integer) AS n`;

const INBOXES = `
  INSERT INTO inbox (org_id, id, agent_id, email, local_part, domain, created_at)
  SELECT org_id, id, id, slug || '@agents.example', slug, 'agents.example', now() FROM agent WHERE org_id = $1 AND slug LIKE 'bulk-%'`;

const KEYS = `
  INSERT INTO api_key (org_id, id, kind, agent_id, is_primary, name, prefix, hash, scopes, created_at)
  SELECT org_id, id, 'AGENT', id, true, 'Agent key', 'ak_' || substr(md5(id), 1, 8), sha256(id::bytea), '{*}', now()
  FROM agent WHERE org_id = $1 AND slug LIKE 'bulk-%'`;

// Some events for each agent, as the sequencer numbers them.
const EVENTS = `
  INSERT INTO event_sequence (org_id, seq, event_id, ts, leaf_hash, channel, event, result, agent_id, correlation_id)
  SELECT $1, n, n::text, now(), '', 'email', 'email.queued', 'SUCCESS', lpad((n % $2::integer + 1)::text, 26, '0'), n::text
  FROM generate_series(0, $2::integer * 3 - 1) AS n`;

/** Gives an organisation so many agents, each with an address and a key. */
export async function fillAgents(client: Client, orgId: string, count: number): Promise<void> {
  await client.query(AGENTS, [orgId, count]);
  for (const statement of [INBOXES, KEYS]) await client.query(statement, [orgId]);
  await client.query("VACUUM ANALYZE");
}

/** Gives each of them three events, in an organisation whose log is empty. */
export async function fillEvents(client: Client, orgId: string, count: number): Promise<void> {
  await client.query(EVENTS, [orgId, count]);
  await client.query("VACUUM ANALYZE");
}
