import type { Transaction } from "#server/platform/database.ts";
import { databaseCodes, databaseDetail } from "#server/platform/error-code.ts";
import type { Meter } from "#server/platform/tiers.ts";
import type { Services } from "../context.ts";
import { ensureMeter } from "./budgets.ts";
import { capOf } from "./meters.ts";

/** What an action uses, for which agent, on which day of the organisation's calendar (see periods.ts). */
export type Spending = { orgId: string; agentId: string; meter: Meter; units: number; day: string };

/** The parameters of the SQL function spend_budget, in its order. */
export function spendParameters({ orgId, agentId, meter, units, day }: Spending): [value: unknown, type: string][] {
  const cap = capOf(meter);
  return [
    [orgId, "text"],
    [agentId, "text"],
    [meter, "text"],
    [cap?.cap ?? null, "text"],
    [units, "bigint"],
    [cap?.countsUnits ? units : 0, "bigint"],
    [day, "date"],
  ];
}

type Dimension = "month_units" | "month_micros" | "day_units" | "day_micros";
/** The limit that an action would have exceeded, as SQL says it. */
export type Shortage = {
  /** Empty for the organisation, or an agent's id. */
  scope: string;
  /** A usage record's meter where it is the plan's quota, else the cap's. */
  meter: string;
  limit: Dimension;
  day: string;
  /** What was asked for, as the limit counts it, and what it would have cost. */
  units: number;
  micros: number;
  limits: Record<Dimension, number | null>;
  used: Record<Dimension, number>;
};

/** Thrown where a limit refuses. The statement that asked has written nothing. */
export class LimitReached extends Error {
  readonly shortage: Shortage;

  constructor(shortage: Shortage) {
    super(`${shortage.meter}: ${shortage.limit}`);
    this.shortage = shortage;
  }
}

/** Thrown where the plan's storage is full. The statement that asked has written nothing. */
export class StorageFull extends Error {
  readonly usedBytes: number;

  constructor(usedBytes: number) {
    super("storage_gb");
    this.usedBytes = usedBytes;
  }
}

const USED_UP = "ZB001";
const NO_BUDGET = "ZB002";
const BEGIN_ANEW = "ZB003";
const STORAGE_FULL = "ZB004";
const DEADLOCK = "40P01";
const MAX_TRIES = 50;

/** What something costs, and the day that it counts for. */
export type Charge = { billable: number; micros: bigint; day: string };

/**
 * Spends in the caller's transaction, which runs inside `spending`: a limit that refuses ends it. Units below zero are
 * given back.
 */
export async function spendIn(tx: Transaction, order: Spending): Promise<Charge> {
  const parameters = spendParameters(order);
  const call = parameters.map(([, type], index) => `$${index + 1}::${type}`).join(", ");
  const rows = await tx.$queryRawUnsafe<{ billable: bigint; micros: bigint; day: string }[]>(
    `SELECT billable, micros, day::text FROM spend_budget(${call})`,
    ...parameters.map(([value]) => value),
  );
  const [row] = rows;
  if (!row) throw new Error("spend_budget answers one row");
  return { ...row, billable: Number(row.billable) };
}

/**
 * Runs a statement, or a transaction, that spends. Where one of the meters has no budget yet, it is made and all runs
 * again; also where it has waited for something that was gone then (see take_budget in the migrations).
 * LimitReached where a limit refuses, see toRefusal; StorageFull, see stockRefusal.
 */
export async function spending<T>(
  services: Services,
  orgId: string,
  meters: Meter | readonly Meter[],
  run: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (hasCode(error, USED_UP)) throw new LimitReached(detailOf(error));
      if (hasCode(error, STORAGE_FULL)) throw new StorageFull(detailOf<{ used: number }>(error).used);
      if (tries === MAX_TRIES) throw error;
      if (hasCode(error, NO_BUDGET)) for (const meter of [meters].flat()) await ensureMeter(services, orgId, meter);
      else if (!hasCode(error, BEGIN_ANEW) && !hasCode(error, DEADLOCK)) throw error;
    }
  }
}

function detailOf<T>(error: unknown): T {
  return JSON.parse(databaseDetail(error as Error));
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && databaseCodes(error).includes(code);
}
