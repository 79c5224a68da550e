import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { METERS, type Meter, type Tier } from "#server/platform/tiers.ts";
import { masterKey } from "../authorise.ts";
import type { Services } from "../context.ts";
import { orgOf } from "../context.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { limitsOf, USE_COLUMNS, USED, type UseRow, usedOf } from "./budget-use.ts";
import type { Used } from "./budgets.ts";
import { CAP_METERS, type CapMeter } from "./meters.ts";
import { type PeriodKeys, periodsAt } from "./periods.ts";
import { reservedByAgent } from "./reservations.ts";
import { type HardCap, readHardCap, toState } from "./state.ts";
import { STOCK_NAMES, STOCKS, type StockName } from "./stocks.ts";

const SHOWN = 100;

/** What the plan allows of something, where it allows only so much. */
export type QuotaState = { resource: Meter | StockName; quota: number; used: number; percent: number };

/** An agent's own cap, and how far it is used up. */
export type AgentCapState = {
  agentId: string;
  agentName: string;
  cap: CapMeter;
  mode: "block" | "alert-only";
  month: HardCap["usage"][CapMeter]["month"];
  day: HardCap["usage"][CapMeter]["day"];
};

type Org = { id: string; tier: Tier; timeZone: string };

/**
 * Everything that limits the organisation, and how far it is used up: its caps, the plan's quotas, the caps of its
 * agents (the first hundred by agent; what needs somebody is among capWarnings), and whether it is stopped.
 */
export const billingState = verb({
  access: masterKey("billing:read"),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const { services } = ctx;
    const db = reader(ctx);
    const row = await db.organization.findUniqueOrThrow({
      where: { id: orgOf(ctx) },
      select: { id: true, tier: true, timeZone: true, status: true },
    });
    const org = { id: row.id, tier: row.tier as Tier, timeZone: row.timeZone };
    const now = services.clock.now();
    const today = periodsAt(now, org.timeZone);
    const [caps, used, stocks, agentCaps] = await Promise.all([
      readHardCap(services, db, org, ""),
      usedByMeter(services, org, today),
      stocksOf(services, db, org),
      agentCapsOf(services, org, today),
    ]);
    const plan = services.config.plans[org.tier];
    const flows = METERS.filter((meter) => !STOCK_NAMES.some((name) => name === meter));
    const quotas = flows.flatMap((meter) => toQuota(meter, plan.meters[meter].quota, used(meter).monthUnits));
    const dailyQuotas = flows.flatMap((meter) => toQuota(meter, plan.meters[meter].dailyQuota, used(meter).dayUnits));
    return {
      asOf: now.toISOString(),
      timeZone: org.timeZone,
      status: row.status as "ACTIVE" | "STOPPED",
      tier: org.tier,
      caps,
      /** Of what there is: agents, storage. */
      stocks,
      /** Of what is used up in a month, and in a day. */
      quotas,
      dailyQuotas,
      agentCaps: agentCaps.slice(0, SHOWN),
      hasMoreAgentCaps: agentCaps.length > SHOWN,
    };
  },
});

export type BillingState = Awaited<ReturnType<typeof billingState>>;

/** How much there is of what the plan allows only so much of; of storage in parts of a GB. */
async function stocksOf({ config }: Services, db: Transaction, org: Org): Promise<QuotaState[]> {
  const states = STOCK_NAMES.map(async (name) => {
    const { perUnit, count, limit } = STOCKS[name];
    return toQuota(name, limit(config.plans[org.tier]), (await count(db, org.id)) / perUnit);
  });
  return (await Promise.all(states)).flat();
}

async function usedByMeter(services: Services, org: Org, today: PeriodKeys): Promise<(meter: Meter) => Used> {
  const { rows } = await services.db.pool.query<UseRow & { meter: string }>({
    name: "quotas-used",
    text: `SELECT b.meter, ${USE_COLUMNS} FROM budget b CROSS JOIN ${USED}
      WHERE b.org_id = $1 AND b.scope = '' AND b.meter = ANY($2::text[])`,
    values: [org.id, METERS],
  });
  const nothing = { monthUnits: 0n, monthMicros: 0n, dayUnits: 0n, dayMicros: 0n };
  const used = new Map(rows.map((row) => [row.meter, usedOf(row, today.day)]));
  return (meter) => used.get(meter) ?? nothing;
}

/** None where the plan does not limit it. */
function toQuota(resource: QuotaState["resource"], quota: number | null, amount: bigint | number): QuotaState[] {
  if (quota === null) return [];
  const used = Number(amount);
  const percent = used >= quota ? 100 : Math.max(0, Math.floor((used * 100) / quota));
  return [{ resource, quota, used, percent }];
}

/** The caps of agents, one more than are shown. */
async function agentCapsOf(services: Services, org: Org, today: PeriodKeys): Promise<AgentCapState[]> {
  type Row = UseRow & { agentId: string; agentName: string; cap: CapMeter };
  const { rows } = await services.db.pool.query<Row>({
    name: "agent-caps",
    text: `SELECT b.scope AS "agentId", a.name AS "agentName", b.meter AS cap, ${USE_COLUMNS}
      FROM (
        SELECT * FROM budget WHERE org_id = $1 AND scope > '' AND meter = ANY($2::text[]) ORDER BY scope, meter LIMIT $3
      ) AS b CROSS JOIN ${USED} JOIN agent a ON a.org_id = $1 AND a.id = b.scope AND a.status <> 'DELETED'
      ORDER BY b.scope, b.meter`,
    values: [org.id, CAP_METERS, SHOWN + 1],
  });
  const reserved = await reservedByAgent(services.db.pool, org.id, today);
  return rows.map((row) => {
    const [limits, used] = [limitsOf(row), usedOf(row, today.day)];
    const { agentId, agentName, cap } = row;
    const held = reserved(agentId, cap);
    return {
      agentId,
      agentName,
      cap,
      mode: limits.enforced ? "block" : "alert-only",
      month: toState(org, "month", today.month, limits, used, held.month),
      day: toState(org, "day", today.day, limits, used, held.day),
    };
  });
}
