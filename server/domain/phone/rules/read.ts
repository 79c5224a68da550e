import type { Transaction } from "#server/platform/database.ts";
import { type CallingRules, type RulesPatch, rulesOf } from "./schemas.ts";

/** What an organisation has set, with its defaults. */
export async function readRules(db: Transaction, orgId: string): Promise<CallingRules> {
  return rulesOf(await readStored(db, orgId));
}

/** What it has set, without them. */
export async function readStored(db: Transaction, orgId: string): Promise<RulesPatch> {
  const row = await db.callingRule.findUnique({ where: { orgId } });
  return (row?.settings ?? {}) as RulesPatch;
}
