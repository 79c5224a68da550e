import type { Transaction } from "#server/platform/database.ts";
import type { ApiKey as Row } from "#server/platform/generated/client.ts";
import type { ApiKey } from "./schemas.ts";

/** What a list reads of a key: all but its hash. */
export type KeyRow = Omit<Row, "hash">;

/** Keys of one organisation as the API answers them, without the keys themselves, with the names of their agents. */
export async function viewApiKeys(db: Transaction, orgId: string, rows: KeyRow[]): Promise<ApiKey[]> {
  const agentIds = rows.flatMap((row) => row.agentId ?? []);
  const agents =
    agentIds.length === 0
      ? []
      : await db.agent.findMany({ where: { orgId, id: { in: agentIds } }, select: { id: true, name: true } });
  const nameOf = new Map(agents.map(({ id, name }) => [id, name]));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kind: row.kind as ApiKey["kind"],
    agentId: row.agentId,
    agentName: row.agentId === null ? null : (nameOf.get(row.agentId) ?? null),
    prefix: row.prefix,
    scopes: row.scopes as ApiKey["scopes"],
    isPrimary: row.isPrimary,
    mode: "LIVE",
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }));
}

/** The same for one key. */
export async function viewApiKey(db: Transaction, row: KeyRow): Promise<ApiKey> {
  const [key] = await viewApiKeys(db, row.orgId, [row]);
  return key as ApiKey;
}
