import type { EventInput } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Meter, Plan, Tier } from "#server/platform/tiers.ts";
import { countAgents } from "../agents/count.ts";
import { type Context, eventBase, orgOf, type Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import { countNumbers } from "../phone-numbers/find.ts";
import { GB, storedBytes } from "../storage/keep.ts";
import { planRemediation } from "./refusal.ts";

/** What an organisation has, as against what it uses up in a month, where a plan allows only so much of it. */
type Stock = {
  /** In the words of an error. */
  noun: string;
  /** What makes room. */
  hint: string;
  /** How many of what is counted are one unit of the limit. */
  perUnit: number;
  limit: (plan: Plan) => number | null;
  count: (db: Transaction, orgId: string) => Promise<number>;
};

const ofMeter = (meter: Meter) => (plan: Plan) => plan.meters[meter].quota;

/** Every stock. One that has a line here is refused (requireRoom), shown, and named where a smaller plan is chosen. */
export const STOCKS = {
  agents: {
    noun: "agents",
    hint: "Delete an agent that is not needed.",
    perUnit: 1,
    limit: (plan) => plan.agents,
    count: countAgents,
  },
  storage_gb: {
    noun: "GB of storage",
    hint: "A mail without attachments still goes.",
    perUnit: GB,
    limit: ofMeter("storage_gb"),
    count: storedBytes,
  },
  phone_numbers: {
    noun: "telephone numbers",
    hint: "Release a number that is not needed.",
    perUnit: 1,
    limit: ofMeter("phone_numbers"),
    count: countNumbers,
  },
} as const satisfies Partial<Record<Meter | "agents", Stock>>;
export type StockName = keyof typeof STOCKS;
export const STOCK_NAMES = Object.keys(STOCKS) as StockName[];

/** Units of a stock; a started one counts. */
export function unitsOf(name: StockName, counted: number): number {
  return Math.ceil(counted / STOCKS[name].perUnit);
}

/**
 * PAYMENT_REQUIRED when the plan has no room for one more. The caller holds the organisation's row, so the count cannot
 * change before what it makes stands.
 *
 * @param denied the event of the refusal
 */
export async function requireRoom(
  ctx: Context,
  tx: Transaction,
  tier: Tier,
  name: StockName,
  denied: Pick<EventInput, "channel" | "event" | "agentId">,
): Promise<void> {
  const stock: Stock = STOCKS[name];
  const limit = stock.limit(ctx.services.config.plans[tier]);
  if (limit === null) return;
  const orgId = orgOf(ctx);
  const used = await stock.count(tx, orgId);
  if (used + stock.perUnit <= limit * stock.perUnit) return;
  const { message, details } = stockRefusal(ctx.services, tier, name, used);
  throw new DomainError("PAYMENT_REQUIRED", message, {
    details,
    denied: {
      ...eventBase(ctx),
      orgId,
      ...denied,
      result: "DENIED",
      data: { reason: "PLAN_LIMIT", tier, limit, used: unitsOf(name, used) },
    },
  });
}

/** The refusal of a plan's stock limit, in the form of every other limit's; see toRefusal. */
export function stockRefusal(services: Services, tier: Tier, name: StockName, counted: number): DomainError {
  const stock: Stock = STOCKS[name];
  const limit = stock.limit(services.config.plans[tier]) ?? 0;
  const used = unitsOf(name, counted);
  const { hint, plan } = planRemediation(services, tier, stock.limit, counted / stock.perUnit);
  const exact = stock.perUnit === 1 ? {} : { capBytes: limit * stock.perUnit, usedBytes: counted };
  const there = stock.perUnit === 1 ? `${used} exist` : `${counted} bytes are stored`;
  return new DomainError("PAYMENT_REQUIRED", `The plan ${tier} allows ${limit} ${stock.noun}, and ${there}.`, {
    details: {
      resource: name,
      source: "plan",
      scope: "org",
      period: null,
      capCents: null,
      usedCents: 0,
      reservedCents: 0,
      capUnits: limit,
      usedUnits: used,
      ...exact,
      resetsAt: null,
      remediation: { hint: `${stock.hint} ${hint}`, plan },
    },
  });
}
