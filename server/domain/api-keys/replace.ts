import type { Transaction } from "#server/platform/database.ts";
import type { ApiKey } from "#server/platform/generated/client.ts";
import type { KeyKind } from "#server/platform/keys.ts";
import { endSessionsOfNobody } from "../console/sessions.ts";
import type { Context } from "../context.ts";
import { requireGrantable, requireOwnerForMaster } from "./grantable.ts";
import { issueKey } from "./issue.ts";
import { recordKeyEvent } from "./record.ts";

/**
 * Revokes a key and makes one in its place that can do the same. The caller holds the organisation's row.
 * FORBIDDEN when the caller itself cannot do what that key can: it would be handed more than it has.
 */
export async function replaceKey(ctx: Context, tx: Transaction, old: ApiKey): Promise<{ row: ApiKey; key: string }> {
  requireGrantable(ctx, old.scopes);
  requireOwnerForMaster(ctx, old.kind);
  const now = ctx.services.clock.now();
  await tx.apiKey.update({ where: { orgId_id: { orgId: old.orgId, id: old.id } }, data: { revokedAt: now } });
  const issued = await issueKey(ctx.services, tx, {
    orgId: old.orgId,
    kind: old.kind as KeyKind,
    agentId: old.agentId,
    name: old.name,
    scopes: old.scopes,
    isPrimary: old.isPrimary,
    // One that has expired is replaced because a working one is wanted.
    expiresAt: old.expiresAt && old.expiresAt > now ? old.expiresAt : null,
  });
  if (old.kind === "MASTER") await endSessionsOfNobody(ctx, tx, old.orgId);
  await recordKeyEvent(ctx, tx, "key.rotated", issued.row, {
    kind: old.kind,
    revokedKeyId: old.id,
    primary: old.isPrimary,
  });
  return issued;
}

/** The key that rotate-key of an agent (or of the organisation, where agentId is null) replaces. */
export function findPrimaryKey(db: Transaction, orgId: string, agentId: string | null): Promise<ApiKey | null> {
  return db.apiKey.findFirst({
    where: { orgId, kind: agentId === null ? "MASTER" : "AGENT", agentId, isPrimary: true, revokedAt: null },
    orderBy: { id: "desc" },
  });
}
