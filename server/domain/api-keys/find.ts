import type { Transaction } from "#server/platform/database.ts";
import type { ApiKey } from "#server/platform/generated/client.ts";
import type { Context } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import { ownKeys } from "./fields.ts";

/** A key of the organisation that was not revoked, expired or not. NOT_FOUND. */
export async function findKey(ctx: Context, tx: Transaction, id: string): Promise<ApiKey> {
  const key = await tx.apiKey.findFirst({ where: { ...ownKeys(ctx), id, revokedAt: null } });
  if (!key) throw notFound("API key");
  return key;
}

/**
 * CONFLICT unless the organisation has another master key with every scope that works: whoever loses the last one locks
 * themselves out. The caller holds the organisation's row.
 */
export async function requireAnotherMasterKey(tx: Transaction, key: ApiKey, now: Date): Promise<void> {
  const other = await tx.apiKey.findFirst({
    where: {
      orgId: key.orgId,
      id: { not: key.id },
      kind: "MASTER",
      revokedAt: null,
      scopes: { has: "*" },
      OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
    },
    select: { id: true },
  });
  if (other) return;
  throw new DomainError(
    "CONFLICT",
    "This is the last master key with every scope. Make another one first, or rotate this one.",
    { details: { resource: "api_key", id: key.id } },
  );
}
