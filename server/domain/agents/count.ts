import type { Transaction } from "#server/platform/database.ts";

/** How many agents count against the plan. */
export function countAgents(db: Transaction, orgId: string): Promise<number> {
  return db.agent.count({ where: { orgId, status: { not: "DELETED" } } });
}
