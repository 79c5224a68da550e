import type { Transaction } from "#server/platform/database.ts";
import { SharedWork } from "#server/platform/shared-work.ts";
import { METERS, type Meter, type Tier } from "#server/platform/tiers.ts";
import type { Services } from "../context.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { includedIn, readSpans } from "../plans/spans.ts";
import { openTransaction } from "../transaction.ts";
import { capLimits, type Limits, planLimits } from "./limits.ts";
import { CAP_METERS, type CapMeter, capOf, isStoppedWhenOverdue, metersOf } from "./meters.ts";
import { endOf, periodsAt, startOf } from "./periods.ts";
import { type CapPatch, settingsOf } from "./settings.ts";

type Org = { id: string; tier: Tier; timeZone: string };
/** What a budget has used in the current periods, reservations included. */
export type Used = { monthUnits: bigint; monthMicros: bigint; dayUnits: bigint; dayMicros: bigint };

const making = new WeakMap<Services["db"], SharedWork<void>>();

/**
 * Makes the budget of a meter, at the first action that is metered by it, with what was used before there were budgets.
 * Where many begin at the same moment, one makes it: each of them would wait for the organisation's row with a connection of
 * its own, and nobody else would have one.
 */
export function ensureMeter(services: Services, orgId: string, meter: Meter): Promise<void> {
  const ours = making.get(services.db) ?? new SharedWork<void>();
  making.set(services.db, ours);
  return ours.run(`${orgId} ${meter}`, () => makeMeter(services, orgId, meter));
}

/** The caps of the organisation that it falls under come into being with it. */
async function makeMeter(services: Services, orgId: string, meter: Meter): Promise<void> {
  await openTransaction(services, async (tx) => {
    const org = { id: orgId, ...(await lockOrganization(tx, orgId)) };
    const day = dayOf(services, org);
    if (await readLimits(tx, orgId, "", meter)) return;
    const limits = await readPlanLimits(services, tx, org);
    await writeBudget(tx, { orgId, scope: "", meter }, limits(meter), day, await usedByMeter(tx, orgId, meter, day));
    const cap = capOf(meter);
    if (cap) await applyCap(services, tx, org, "", cap.cap);
  });
}

/** Brings the budgets of an organisation in line with its plan, after the plan or its terms have changed. */
export async function applyPlan(services: Services, tx: Transaction, orgId: string): Promise<void> {
  const org = { id: orgId, ...(await lockOrganization(tx, orgId)) };
  const day = dayOf(services, org);
  const limits = await readPlanLimits(services, tx, org);
  for (const meter of METERS.toSorted()) {
    const before = await readLimits(tx, orgId, "", meter);
    const wanted = limits(meter);
    if (!before || sameLimits(before, wanted)) continue;
    await lockSlots(tx, orgId, "", [meter]);
    await writeBudget(tx, { orgId, scope: "", meter }, wanted, day, null);
  }
  for (const cap of CAP_METERS) await applyCap(services, tx, org, "", cap);
}

/**
 * Counts the organisation's meters for a day from now on, and none before it: nothing can be accepted for an earlier one
 * when this has committed, since every accepted action holds a slot until it has, and counts for the day of the slot.
 */
export async function turnBudgets(tx: Transaction, orgId: string, day: string): Promise<void> {
  const rows = await tx.$queryRaw<{ meter: string }[]>`SELECT meter FROM budget
    WHERE org_id = ${orgId} AND scope = '' AND meter = ANY(${[...METERS]}) ORDER BY meter`;
  for (const { meter } of rows) {
    await tx.$queryRaw`SELECT day::text FROM share_budget(${orgId}, '', ${meter}, 0, 0, ${day}::date)`;
  }
}

/** What the plan sets for each meter at this moment: after a change within the month, and while an invoice is unpaid. */
async function readPlanLimits(services: Services, tx: Transaction, org: Org): Promise<(meter: Meter) => Limits> {
  const { month } = periodsAt(services.clock.now(), org.timeZone);
  const { plans } = services.config;
  const spans = await readSpans(tx, org.id, startOf(month, org.timeZone), endOf("month", month, org.timeZone));
  const account = await tx.billingAccount.findUnique({ where: { orgId: org.id }, select: { overdueSince: true } });
  const isOverdue = account?.overdueSince != null;
  return (meter) => {
    const mixed = spans.length < 2 ? null : { month, units: includedIn(spans, plans, meter) };
    return planLimits(plans[org.tier].meters[meter], mixed, isOverdue && isStoppedWhenOverdue(meter));
  };
}

/**
 * Brings a cap's budget in line with what is set for it, while everything that is accepted waits: every accepted action
 * holds a slot of its meter until it is committed, so with all of them nothing is under way. What is used already
 * counts, and where that is more than the cap, nothing is left.
 * The caller holds the organisation's row.
 *
 * @param scope empty for the organisation, or an agent's id
 */
export async function applyCap(
  services: Services,
  tx: Transaction,
  org: Org,
  scope: string,
  cap: CapMeter,
): Promise<void> {
  const stored = await tx.hardCap.findUnique({ where: { orgId_scope: { orgId: org.id, scope } } });
  const plan = scope === "" ? services.config.plans[org.tier] : null;
  const wanted = capLimits(settingsOf((stored?.settings ?? {}) as CapPatch, plan), cap);
  const before = await readLimits(tx, org.id, scope, cap);
  if (wanted === null && before === null) return;
  if (wanted && before && sameLimits(before, wanted)) return;
  await lockSlots(tx, org.id, "", metersOf(cap));
  await lockSlots(tx, org.id, scope, [cap]);
  const key = { orgId: org.id, scope, meter: cap };
  if (wanted === null) return removeBudget(tx, key);
  const day = await currentDay(services, tx, org, metersOf(cap));
  const used = before ? null : await usedUnder(tx, org.id, scope, cap, day);
  await writeBudget(tx, key, wanted, day, used);
}

/** The same for every cap of a scope. */
export async function applyCaps(services: Services, tx: Transaction, org: Org, scope: string): Promise<void> {
  for (const cap of CAP_METERS) await applyCap(services, tx, org, scope, cap);
}

type Key = { orgId: string; scope: string; meter: string };

/** @param used what a new budget begins with; null for one that exists */
async function writeBudget(tx: Transaction, key: Key, limits: Limits, day: string, used: Used | null): Promise<void> {
  await tx.$executeRaw`INSERT INTO budget (org_id, scope, meter, month_units, month_micros, day_units, day_micros, enforced,
      included_units, unit_micros, mixed_month, mixed_units)
    VALUES (${key.orgId}, ${key.scope}, ${key.meter}, ${limits.monthUnits}, ${limits.monthMicros}, ${limits.dayUnits},
      ${limits.dayMicros}, ${limits.enforced}, ${limits.includedUnits}, ${limits.unitMicros}, ${limits.mixedMonth}::date,
      ${limits.mixedUnits})
    ON CONFLICT (org_id, scope, meter) DO UPDATE SET month_units = excluded.month_units,
      month_micros = excluded.month_micros, day_units = excluded.day_units, day_micros = excluded.day_micros,
      enforced = excluded.enforced, included_units = excluded.included_units, unit_micros = excluded.unit_micros,
      mixed_month = excluded.mixed_month, mixed_units = excluded.mixed_units`;
  if (used) {
    await tx.$executeRaw`INSERT INTO budget_slot (org_id, scope, meter, slot, day, month_units, month_micros, day_units,
        day_micros, unit_micros)
      SELECT ${key.orgId}, ${key.scope}, ${key.meter}, slot, ${day}::date, 0, 0, 0, 0, 0
      FROM generate_series(0, budget_slots(${key.scope}) - 1) AS slot`;
    await tx.$executeRaw`UPDATE budget_slot SET month_units = ${used.monthUnits}, month_micros = ${used.monthMicros},
        day_units = ${used.dayUnits}, day_micros = ${used.dayMicros}
      WHERE org_id = ${key.orgId} AND scope = ${key.scope} AND meter = ${key.meter} AND slot = 0`;
  }
  await tx.$queryRaw`SELECT day::text FROM share_budget(${key.orgId}, ${key.scope}, ${key.meter}, 0, 0, ${day}::date)`;
}

async function removeBudget(tx: Transaction, { orgId, scope, meter }: Key): Promise<void> {
  await tx.$executeRaw`DELETE FROM budget WHERE org_id = ${orgId} AND scope = ${scope} AND meter = ${meter}`;
  await tx.$executeRaw`DELETE FROM budget_slot WHERE org_id = ${orgId} AND scope = ${scope} AND meter = ${meter}`;
}

async function lockSlots(tx: Transaction, orgId: string, scope: string, meters: string[]): Promise<void> {
  await tx.$queryRaw`SELECT slot FROM budget_slot WHERE org_id = ${orgId} AND scope = ${scope} AND meter = ANY(${meters})
    ORDER BY meter, slot FOR UPDATE`;
}

async function readLimits(tx: Transaction, orgId: string, scope: string, meter: string): Promise<Limits | null> {
  const [row] = await tx.$queryRaw<Limits[]>`SELECT month_units AS "monthUnits", month_micros AS "monthMicros",
      day_units AS "dayUnits", day_micros AS "dayMicros", enforced, included_units AS "includedUnits",
      unit_micros AS "unitMicros", mixed_month::text AS "mixedMonth", mixed_units AS "mixedUnits"
    FROM budget WHERE org_id = ${orgId} AND scope = ${scope} AND meter = ${meter}`;
  return row ?? null;
}

function sameLimits(a: Limits, b: Limits): boolean {
  return (Object.keys(b) as (keyof Limits)[]).every((name) => a[name] === b[name]);
}

/** What was used of a meter that has no budget: what is summed by day, and what waits to be (see usedByAgent). */
export async function usedByMeter(tx: Transaction, orgId: string, meter: string, day: string): Promise<Used> {
  const rows = await tx.$queryRaw<Used[]>`SELECT coalesce(sum(quantity), 0)::bigint AS "monthUnits",
      coalesce(sum(micros), 0)::bigint AS "monthMicros",
      coalesce(sum(quantity) FILTER (WHERE day = ${day}::date), 0)::bigint AS "dayUnits",
      coalesce(sum(micros) FILTER (WHERE day = ${day}::date), 0)::bigint AS "dayMicros"
    FROM (
      SELECT day, quantity, micros FROM usage_day WHERE org_id = ${orgId} AND meter = ${meter}
      UNION ALL
      SELECT u.day, u.quantity, u.micros FROM event_pending p,
        LATERAL (SELECT * FROM usage_record WHERE org_id = p.org_id AND id = p.event_id OFFSET 0) u
      WHERE p.org_id = ${orgId} AND u.meter = ${meter}
    ) AS used WHERE day >= date_trunc('month', ${day}::date)`;
  return rows[0] as Used;
}

/** What is used under a cap. Exact while the meters' slots are held, else of a moment ago. */
export function usedUnder(tx: Transaction, orgId: string, scope: string, cap: CapMeter, day: string): Promise<Used> {
  const meters = metersOf(cap);
  const counting = meters.filter((meter) => capOf(meter)?.countsUnits);
  return scope === ""
    ? usedByOrganization(tx, orgId, meters, counting, day)
    : usedByAgent(tx, orgId, scope, meters, counting, day);
}

/** The sum of what the meters' budgets have used. A later day than ours counts: what is accepted counts for that one. */
async function usedByOrganization(
  tx: Transaction,
  orgId: string,
  meters: Meter[],
  counting: Meter[],
  day: string,
): Promise<Used> {
  const rows = await tx.$queryRaw<Used[]>`SELECT
      coalesce(sum(month_units) FILTER (WHERE meter = ANY(${counting})), 0)::bigint AS "monthUnits",
      coalesce(sum(month_micros), 0)::bigint AS "monthMicros",
      coalesce(sum(day_units) FILTER (WHERE day >= ${day}::date AND meter = ANY(${counting})), 0)::bigint AS "dayUnits",
      coalesce(sum(day_micros) FILTER (WHERE day >= ${day}::date), 0)::bigint AS "dayMicros"
    FROM budget_slot WHERE org_id = ${orgId} AND scope = '' AND meter = ANY(${meters})
      AND day >= date_trunc('month', ${day}::date)`;
  return rows[0] as Used;
}

/**
 * What is recorded for an agent: summed by day, and in the records whose events are not numbered yet (one statement, since
 * they move from the one to the other; OFFSET 0 keeps them looked up by key); and what is reserved for it.
 */
async function usedByAgent(
  tx: Transaction,
  orgId: string,
  agentId: string,
  meters: Meter[],
  counting: Meter[],
  day: string,
): Promise<Used> {
  const rows = await tx.$queryRaw<Used[]>`SELECT
      coalesce(sum(quantity) FILTER (WHERE meter = ANY(${counting})), 0)::bigint AS "monthUnits",
      coalesce(sum(micros), 0)::bigint AS "monthMicros",
      coalesce(sum(quantity) FILTER (WHERE day = ${day}::date AND meter = ANY(${counting})), 0)::bigint AS "dayUnits",
      coalesce(sum(micros) FILTER (WHERE day = ${day}::date), 0)::bigint AS "dayMicros"
    FROM (
      SELECT day, meter, quantity, micros FROM usage_agent_day
      WHERE org_id = ${orgId} AND agent_id = ${agentId} AND day >= date_trunc('month', ${day}::date)
      UNION ALL
      SELECT u.day, u.meter, u.quantity, u.micros FROM event_pending p,
        LATERAL (SELECT * FROM usage_record WHERE org_id = p.org_id AND id = p.event_id OFFSET 0) u
      WHERE p.org_id = ${orgId} AND u.agent_id = ${agentId}
      UNION ALL
      SELECT day, meter, units, micros FROM reservation
      WHERE org_id = ${orgId} AND agent_id = ${agentId} AND settled_at IS NULL AND meter = ANY(${meters})
    ) AS used WHERE day >= date_trunc('month', ${day}::date) AND meter = ANY(${meters})`;
  return rows[0] as Used;
}

function dayOf(services: Services, org: Pick<Org, "timeZone">): string {
  return periodsAt(services.clock.now(), org.timeZone).day;
}

/** The day that the meters count: another process, whose clock is ahead, may have begun the next one. */
async function currentDay(services: Services, tx: Transaction, org: Org, meters: Meter[]): Promise<string> {
  const ours = dayOf(services, org);
  const [row] = await tx.$queryRaw<{ day: string | null }[]>`SELECT max(day)::text AS day FROM budget_slot
    WHERE org_id = ${org.id} AND scope = '' AND meter = ANY(${meters})`;
  return row?.day && row.day > ours ? row.day : ours;
}
