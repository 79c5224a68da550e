import { z } from "zod";
import { METERS, type Tier } from "#server/platform/tiers.ts";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { storedBytes } from "../storage/keep.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { limitsOf, USE_COLUMNS, USED, type UseRow, usedOf } from "./budget-use.ts";
import { endOf, type Period, periodsAt } from "./periods.ts";
import { percentOf } from "./state.ts";
import { storagePercent } from "./warnings.ts";

const SHOWN = 50;

/** A limit of which was warned in a period that is not over, and where it stands now. */
export type Warned = {
  /** Whose limit: a cap, or the plan's. */
  source: "cap" | "plan";
  /** null: the organisation's. */
  agentId: string | null;
  agentName: string | null;
  /** The cap (email, sms, voice), or the plan's meter. */
  meter: string;
  period: Period;
  startsOn: string;
  resetsAt: string;
  /** Whether it is of what is there (storage), and so does not begin anew with the period: only the warning does. */
  isStock: boolean;
  /** The thresholds that were passed, in percent, rising, and when. */
  passed: { threshold: number; at: string }[];
  /** Used of the limit as it is now, in whole percent; null where it was removed since. */
  percent: number | null;
  /** Whether it refuses what comes next. False also where the limit only alerts. */
  blocked: boolean;
};

type Row = UseRow & {
  scope: string;
  meter: string;
  period: Period;
  starts_on: string;
  passed: Warned["passed"];
  agent_name: string | null;
  is_limited: boolean;
};

/**
 * The warnings of the organisation's current month and day, the most urgent first: what a banner shows. A limit that was
 * raised or removed since is still among them, with what it stands at now.
 */
export const capWarnings = verb({
  access: masterKey("billing:read"),
  effect: "read",
  input: z.object({}),
  run: async (ctx): Promise<{ items: Warned[]; hasMore: boolean }> => {
    const { services } = ctx;
    const orgId = orgOf(ctx);
    const { timeZone, tier } = await reader(ctx).organization.findUniqueOrThrow({
      where: { id: orgId },
      select: { timeZone: true, tier: true },
    });
    const today = periodsAt(services.clock.now(), timeZone);
    const { rows } = await services.db.pool.query<Row>({
      name: "cap-warnings",
      text: `WITH told AS (
          SELECT scope, meter, period, starts_on, max(threshold) AS highest, max(created_at) AS at,
            json_agg(json_build_object('threshold', threshold, 'at', created_at) ORDER BY threshold) AS passed
          FROM budget_warning
          WHERE org_id = $1 AND (period, starts_on) IN (('month', $2::date), ('day', $3::date))
          GROUP BY scope, meter, period, starts_on
          ORDER BY highest DESC, scope <> '', at DESC LIMIT $4
        )
        SELECT told.scope, told.meter, told.period, told.starts_on::text, told.passed, a.name AS agent_name,
          b.org_id IS NOT NULL AS is_limited, ${USE_COLUMNS}
        FROM told
        LEFT JOIN agent a ON a.org_id = $1 AND a.id = told.scope
        LEFT JOIN budget b ON b.org_id = $1 AND b.scope = told.scope AND b.meter = told.meter
        LEFT JOIN ${USED} ON true
        ORDER BY told.highest DESC, told.scope <> '', told.at DESC`,
      values: [orgId, today.month, today.day, SHOWN + 1],
    });
    const stored = storagePercent(services, tier as Tier, await storedBytes(reader(ctx), orgId));
    const items = rows.slice(0, SHOWN).map((row): Warned => {
      const isStock = row.meter === "storage_gb";
      const limits = row.is_limited ? limitsOf(row) : null;
      const percent = isStock ? stored : limits && percentOf(row.period, limits, usedOf(row, today.day));
      return {
        source: METERS.some((meter) => meter === row.meter) ? "plan" : "cap",
        agentId: row.scope === "" ? null : row.scope,
        agentName: row.agent_name,
        meter: row.meter,
        period: row.period,
        startsOn: row.starts_on,
        resetsAt: endOf(row.period, row.starts_on, timeZone).toISOString(),
        passed: row.passed.map(({ threshold, at }) => ({ threshold, at: new Date(at).toISOString() })),
        percent,
        isStock,
        blocked: (isStock || limits?.enforced === true) && percent === 100,
      };
    });
    return { items, hasMore: rows.length > SHOWN };
  },
});
