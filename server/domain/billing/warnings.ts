import type { JsonObject } from "#server/audit/record.ts";
import { newId } from "#server/platform/ids.ts";
import { METERS, type Tier } from "#server/platform/tiers.ts";
import type { Services } from "../context.ts";
import { GB, storedBytes } from "../storage/keep.ts";
import { emit, openTransaction } from "../transaction.ts";
import { limitsOf, USE_COLUMNS, USED, type UseRow, usedOf } from "./budget-use.ts";
import { type Period, periodsAt } from "./periods.ts";
import { percentOf } from "./state.ts";

/** Percent of a limit at which somebody is told, once in each period. */
export const THRESHOLDS = [50, 80, 95, 100] as const;

/** A limit that is being used up: of a cap (scope empty or an agent's id) or, for a usage record's meter, of the plan. */
export type Warning = {
  orgId: string;
  scope: string;
  meter: string;
  period: Period;
  startsOn: string;
  threshold: number;
};

type Row = UseRow & {
  org_id: string;
  scope: string;
  meter: string;
  warned_month: number | null;
  warned_day: number | null;
};

const BUDGETS = `SELECT b.org_id, b.scope, b.meter, ${USE_COLUMNS},
    (SELECT max(threshold) FROM budget_warning w WHERE w.org_id = b.org_id AND w.scope = b.scope AND w.meter = b.meter
      AND w.period = 'month' AND w.starts_on = date_trunc('month', s.day::date)) AS warned_month,
    (SELECT max(threshold) FROM budget_warning w WHERE w.org_id = b.org_id AND w.scope = b.scope AND w.meter = b.meter
      AND w.period = 'day' AND w.starts_on = s.day::date) AS warned_day
  FROM budget b CROSS JOIN ${USED} WHERE num_nonnulls(b.month_units, b.month_micros, b.day_units, b.day_micros) > 0`;

/** A limit that has refused: it counts as used up, also where a rest is left that is too small for anything. */
export type Refused = Pick<Warning, "scope" | "meter" | "period">;

/**
 * Warns of every limit among these that has reached another threshold. Of many that were passed at once the highest is
 * told.
 */
export async function checkBudgets(
  services: Services,
  orgId: string,
  scopes: string[],
  meters: string[],
  refused: Refused[] = [],
): Promise<void> {
  const { rows } = await services.db.pool.query<Row>({
    name: "warnings-of",
    text: `${BUDGETS} AND b.org_id = $1 AND b.scope = ANY($2::text[]) AND b.meter = ANY($3::text[])`,
    values: [orgId, scopes, meters],
  });
  for (const row of rows) await checkBudget(services, row, refused);
}

const SWEEP_BATCH = 500;

/** The same for every limit that there is, in batches: what a process that ended has not got to is made up for. */
export async function sweepBudgets(services: Services): Promise<void> {
  let last = ["", "", ""];
  for (;;) {
    const { rows } = await services.db.pool.query<Row>({
      name: "warnings-sweep",
      text: `${BUDGETS} AND (b.org_id, b.scope, b.meter) > ($1, $2, $3) ORDER BY b.org_id, b.scope, b.meter LIMIT $4`,
      values: [...last, SWEEP_BATCH],
    });
    for (const row of rows) await checkBudget(services, row, []);
    const end = rows.at(-1);
    if (!end || rows.length < SWEEP_BATCH) return;
    last = [end.org_id, end.scope, end.meter];
  }
}

async function checkBudget(services: Services, row: Row, refused: Refused[]): Promise<void> {
  const limits = limitsOf(row);
  const used = usedOf(row);
  for (const period of ["month", "day"] as const) {
    const hasRefused = refused.some(
      ({ scope, meter, period: of }) => scope === row.scope && meter === row.meter && of === period,
    );
    const percent = hasRefused ? 100 : percentOf(period, limits, used);
    const known = (period === "month" ? row.warned_month : row.warned_day) ?? 0;
    const passed = THRESHOLDS.filter((threshold) => percent !== null && threshold <= percent);
    if ((passed.at(-1) ?? 0) <= known) continue;
    const startsOn = period === "month" ? `${row.day.slice(0, 7)}-01` : row.day;
    await warn(services, { orgId: row.org_id, scope: row.scope, meter: row.meter, period, startsOn }, [...passed]);
  }
}

/**
 * The same of the plan's storage, which fills without anybody acting: once a month each. That it is full refuses mail
 * with attachments, never mail that comes in.
 */
export async function checkStorage(services: Services, orgId: string): Promise<void> {
  const org = await services.db.prisma.organization.findUnique({ where: { id: orgId } });
  if (!org || services.config.plans[org.tier as Tier].meters.storage_gb.quota === null) return;
  const percent = storagePercent(services, org.tier as Tier, await storedBytes(services.db.prisma, orgId));
  const passed = THRESHOLDS.filter((threshold) => percent !== null && threshold <= percent);
  if (passed.length === 0) return;
  const startsOn = periodsAt(services.clock.now(), org.timeZone).month;
  await warn(services, { orgId, scope: "", meter: "storage_gb", period: "month", startsOn }, passed);
}

/** Whole percent of the plan's storage; null where it has no limit. */
export function storagePercent({ config }: Services, tier: Tier, bytes: number): number | null {
  const limit = config.plans[tier].meters.storage_gb.quota;
  if (limit === null) return null;
  return bytes >= limit * GB ? 100 : Math.floor((bytes * 100) / (limit * GB));
}

async function warn(services: Services, limit: Omit<Warning, "threshold">, passed: number[]): Promise<void> {
  const { orgId, scope, meter, period, startsOn } = limit;
  const now = services.clock.now();
  await openTransaction(services, async (tx) => {
    const added = await tx.$queryRaw<{ threshold: number }[]>`INSERT INTO budget_warning
        (org_id, scope, meter, period, starts_on, threshold, created_at)
      SELECT ${orgId}, ${scope}, ${meter}, ${period}, ${startsOn}::date, threshold, ${now}
      FROM unnest(${passed}::integer[]) AS threshold ON CONFLICT DO NOTHING RETURNING threshold`;
    const threshold = passed.at(-1) as number;
    // Another process was first.
    if (!added.some((row) => row.threshold === threshold)) return;
    const isPlan = METERS.some((name) => name === meter);
    const data: JsonObject = { scope: scope === "" ? "org" : "agent", meter, period, startsOn, threshold };
    const correlationId = `corr_${newId()}`;
    const payload = { ...limit, threshold, correlationId };
    await emit(
      services,
      tx,
      {
        orgId,
        channel: "billing",
        event: isPlan ? "billing.quota.warned" : "billing.cap.warned",
        result: "SUCCESS",
        agentId: scope === "" ? null : scope,
        actorType: "SYSTEM",
        actorId: "caps",
        resourceType: isPlan ? "plan" : "cap",
        resourceId: scope === "" ? orgId : scope,
        correlationId,
        data,
        personal: {
          detail:
            meter === "storage_gb"
              ? `${threshold} % of the plan's storage`
              : `${threshold} % of the ${isPlan ? "plan's" : "cap's"} ${period} for ${meter}`,
        },
      },
      { task: "mail-cap-warning", payload },
    );
  });
}
