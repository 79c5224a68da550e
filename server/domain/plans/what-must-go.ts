import type { Transaction } from "#server/platform/database.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { STOCK_NAMES, STOCKS, unitsOf } from "../billing/stocks.ts";
import type { Services } from "../context.ts";

/** What is there, what a plan allows of it, and how many of it are too many. */
export type TooMany = { resource: string; used: number; allowed: number; excess: number };

/**
 * What an organisation has that a plan does not allow. What is used up in a month (mails, minutes) is not part of it: it
 * is counted anew.
 */
export async function whatMustGo(services: Services, db: Transaction, orgId: string, tier: Tier): Promise<TooMany[]> {
  const plan = services.config.plans[tier];
  const tooMany: TooMany[] = [];
  for (const resource of STOCK_NAMES) {
    const allowed = STOCKS[resource].limit(plan);
    if (allowed === null) continue;
    const used = unitsOf(resource, await STOCKS[resource].count(db, orgId));
    if (used > allowed) tooMany.push({ resource, used, allowed, excess: used - allowed });
  }
  return tooMany;
}
