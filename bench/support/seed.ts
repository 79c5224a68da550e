import pg from "pg";
import { newId } from "#server/platform/ids.ts";
import { hashKey, keyPrefix, newKey } from "#server/platform/keys.ts";

export type Sender = { orgId: string; agentId: string; key: string };

/**
 * Organisations with an agent that may send, written straight into the tables.
 *
 * @param isCapped with a cap of mails and money, by month and day, that is far away
 */
export async function seedSenders(databaseUrl: string, count: number, isCapped = false): Promise<Sender[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const senders: Sender[] = [];
    for (let at = 0; at < count; at++) senders.push(await seedSender(client, isCapped));
    return senders;
  } finally {
    await client.end();
  }
}

async function seedSender(client: pg.Client, isCapped: boolean): Promise<Sender> {
  const sender = { orgId: newId(), agentId: newId(), key: newKey("AGENT") };
  const { orgId, agentId, key } = sender;
  const name = agentId.toLowerCase();
  await client.query(
    `INSERT INTO organization (id, name, slug, tier, origin, ownership, created_at, updated_at)
     VALUES ($1, $2, $2, 'ENTERPRISE', 'SETUP', 'CLAIMED', now(), now())`,
    [orgId, name],
  );
  await client.query(
    `INSERT INTO agent (org_id, id, name, slug, status, created_at, updated_at) VALUES ($1, $2, $3, $3, 'ACTIVE', now(), now())`,
    [orgId, agentId, name],
  );
  await client.query(
    `INSERT INTO inbox (org_id, id, agent_id, email, local_part, domain, created_at)
     VALUES ($1, $2, $2, $3 || '@agents.localhost', $3, 'agents.localhost', now())`,
    [orgId, agentId, name],
  );
  await client.query(
    `INSERT INTO api_key (org_id, id, kind, agent_id, is_primary, name, prefix, hash, scopes, created_at)
     VALUES ($1, $2, 'AGENT', $3, true, 'bench', $4, $5, '{*}', now())`,
    [orgId, newId(), agentId, keyPrefix(key), hashKey(key)],
  );
  const limits = { capUnits: 1e9, capCents: 1e9 };
  const settings = { meters: { email: { ...limits, daily: limits } } };
  if (isCapped) {
    await client.query("INSERT INTO hard_cap (org_id, scope, settings, updated_at) VALUES ($1, '', $2, now())", [
      orgId,
      settings,
    ]);
  }
  return sender;
}
