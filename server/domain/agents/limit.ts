import type { Transaction } from "#server/platform/database.ts";
import { TIER_LIMITS, type Tier } from "#server/platform/tiers.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { DomainError } from "../errors.ts";

/** How many agents count against the plan. */
export function countAgents(db: Transaction, orgId: string): Promise<number> {
  return db.agent.count({ where: { orgId, status: { not: "DELETED" } } });
}

/**
 * PAYMENT_REQUIRED when the plan has no room for one more agent. The caller holds the organisation's row, so the count
 * cannot change before its own agent stands.
 */
export async function requireRoomForAgent(ctx: Context, tx: Transaction, tier: Tier): Promise<void> {
  const limit = TIER_LIMITS[tier].agents;
  if (limit === null) return;
  const orgId = orgOf(ctx);
  const used = await countAgents(tx, orgId);
  if (used < limit) return;
  throw new DomainError("PAYMENT_REQUIRED", `The plan ${tier} allows ${limit} agents, and ${used} exist.`, {
    details: {
      resource: "agents",
      limit,
      used,
      remediation: { hint: "Delete an agent that is not needed, or move the organisation to a larger plan." },
    },
    denied: {
      ...eventBase(ctx),
      orgId,
      channel: "agent",
      event: "agent.creation.refused",
      result: "DENIED",
      data: { reason: "PLAN_LIMIT", tier, limit, used },
    },
  });
}
