import type pg from "pg";
import { sequencePending } from "./sequencer.ts";

type Span = { from: Date; recentFrom: Date; end: Date };

/**
 * How many calls and texts each gate refused in the hours from `from`, and of these from `recentFrom`, before `end`: as
 * counted when they were numbered. Everything that was answered before the call is in it.
 */
export async function countRefusals(
  pool: pg.Pool,
  orgId: string,
  { from, recentFrom, end }: Span,
): Promise<{ gate: string; recent: number; all: number }[]> {
  await sequencePending(pool, orgId);
  const { rows } = await pool.query<{ gate: string; recent: string; all: string }>({
    name: "refusals-by-gate",
    text: `SELECT gate, coalesce(sum(count) FILTER (WHERE hour >= $3), 0) AS recent, sum(count) AS all
      FROM refusal_hour WHERE org_id = $1 AND hour >= $2 AND hour < $4 GROUP BY gate`,
    values: [orgId, from, recentFrom, end],
  });
  return rows.map(({ gate, recent, all }) => ({ gate, recent: Number(recent), all: Number(all) }));
}
