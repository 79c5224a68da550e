import type pg from "pg";
import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import type { Meter } from "#server/platform/tiers.ts";
import type { Services } from "../context.ts";
import { emit, openTransaction } from "../transaction.ts";
import { type CapMeter, capOf } from "./meters.ts";
import type { Period, PeriodKeys } from "./periods.ts";
import { type Spending, spendIn, spending } from "./spend.ts";

/**
 * Holds units for something that begins now and of which nobody knows yet how much it will be (the minutes that a call
 * may last), against every limit, as if they were used. `settle` says what it was; what is never settled goes back when
 * it expires.
 * LimitReached where a limit refuses.
 *
 * @returns the reservation's id
 */
export async function reserve(services: Services, order: Reserving): Promise<string> {
  const { orgId, agentId, meter } = order;
  const id = await spending(services, orgId, meter, () =>
    openTransaction(services, (tx) => reserveIn(services, tx, order)),
  );
  services.budgetWatch.touch(orgId, agentId, meter);
  return id;
}

export type Reserving = Spending & { resourceId: string; expiresAt: Date };

/** The same in the caller's transaction, which runs inside `spending`. */
export async function reserveIn(services: Services, tx: Transaction, order: Reserving): Promise<string> {
  const { orgId, agentId, meter, units, resourceId, expiresAt } = order;
  const { billable, micros, day } = await spendIn(tx, order);
  const id = newId();
  await tx.reservation.create({
    data: {
      orgId,
      id,
      agentId,
      meter,
      units,
      billable,
      micros,
      day: new Date(`${day}T00:00:00Z`),
      resourceId,
      createdAt: services.clock.now(),
      expiresAt,
    },
  });
  return id;
}

export type Settled = {
  agentId: string;
  meter: Meter;
  quantity: number;
  billable: number;
  micros: bigint;
  day: string;
};

/**
 * Ends a reservation with what was used of it, at most what was reserved: the rest goes back. It counts for the day on
 * which it began, also where it ends after midnight.
 * The caller writes the usage record of what is returned, in the same transaction, with its event.
 *
 * @returns null where there is none, or it was ended before
 */
export async function settle(
  tx: Transaction,
  orgId: string,
  id: string,
  used: number,
  now: Date,
): Promise<Settled | null> {
  type Row = { agentId: string; meter: Meter; units: number; billable: number; micros: bigint; day: string };
  const [held] = await tx.$queryRaw<Row[]>`SELECT agent_id AS "agentId", meter, units, billable, micros, day::text
    FROM reservation WHERE org_id = ${orgId} AND id = ${id} AND settled_at IS NULL FOR UPDATE`;
  if (!held) return null;
  if (used < 0 || used > held.units) throw new RangeError(`${used} of ${held.units} reserved units cannot be used`);
  await tx.$executeRaw`UPDATE reservation SET settled_at = ${now} WHERE org_id = ${orgId} AND id = ${id}`;
  const { agentId, meter, day } = held;
  const settled = { agentId, meter, quantity: used, billable: held.billable, micros: held.micros, day };
  const units = used - held.units;
  if (units === 0) return settled;
  const given = await spendIn(tx, { orgId, agentId, meter, units, day });
  if (given.day.slice(0, 7) === day.slice(0, 7)) {
    return { ...settled, billable: held.billable + given.billable, micros: held.micros + given.micros };
  }
  // Its month is over: of what it was charged when it began, the charged units go back first.
  const billable = Math.max(0, held.billable + units);
  return {
    ...settled,
    billable,
    micros: held.billable === 0 ? 0n : (held.micros / BigInt(held.billable)) * BigInt(billable),
  };
}

const EXPIRY_BATCH = 200;

/** Gives back what was reserved by something that ended without a word. @returns whether more may wait */
export async function expireReservations(services: Services): Promise<boolean> {
  const now = services.clock.now();
  const { rows } = await services.db.pool.query<{ org_id: string; id: string }>({
    name: "reservations-expired",
    text: "SELECT org_id, id FROM reservation WHERE settled_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
    values: [now, EXPIRY_BATCH],
  });
  for (const { org_id: orgId, id } of rows) {
    await openTransaction(services, async (tx) => {
      const settled = await settle(tx, orgId, id, 0, now);
      if (!settled) return;
      await emit(services, tx, {
        orgId,
        channel: "billing",
        event: "billing.reservation.expired",
        result: "SUCCESS",
        agentId: settled.agentId,
        actorType: "SYSTEM",
        actorId: "billing",
        resourceType: "reservation",
        resourceId: id,
        correlationId: `corr_${newId()}`,
        data: { meter: settled.meter },
      });
    });
  }
  return rows.length === EXPIRY_BATCH;
}

/** The money that is reserved in a period for what has begun and is not settled, in micro-units. */
export async function reservedOf(
  db: Transaction,
  orgId: string,
  scope: string,
  meters: readonly Meter[],
  period: Period,
  firstDay: string,
): Promise<bigint> {
  const [row] = await db.$queryRaw<{ micros: bigint }[]>`SELECT coalesce(sum(micros), 0)::bigint AS micros
    FROM reservation WHERE org_id = ${orgId} AND settled_at IS NULL AND meter = ANY(${[...meters]})
      AND (${scope} = '' OR agent_id = ${scope}) AND date_trunc(${period}, day) = ${firstDay}::date`;
  return row?.micros ?? 0n;
}

/** The same for all agents at once: a function of agent and cap. */
export async function reservedByAgent(
  pool: pg.Pool,
  orgId: string,
  { month, day }: PeriodKeys,
): Promise<(agentId: string, cap: CapMeter) => Record<Period, bigint>> {
  const { rows } = await pool.query<{ agent_id: string; meter: Meter; month: string; day: string }>({
    name: "reserved-by-agent",
    text: `SELECT agent_id, meter, sum(micros) AS month, coalesce(sum(micros) FILTER (WHERE day = $3::date), 0) AS day
      FROM reservation WHERE org_id = $1 AND settled_at IS NULL AND date_trunc('month', day) = $2::date GROUP BY 1, 2`,
    values: [orgId, month, day],
  });
  return (agentId, cap) => {
    const held = { month: 0n, day: 0n };
    for (const row of rows) {
      if (row.agent_id !== agentId || capOf(row.meter)?.cap !== cap) continue;
      held.month += BigInt(row.month);
      held.day += BigInt(row.day);
    }
    return held;
  };
}
