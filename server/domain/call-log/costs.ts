import type { Database } from "#server/platform/database.ts";

/**
 * What calls have cost so far, in micro-units of the currency: what was charged for each and its minutes, less what was
 * taken back. A call that cost nothing is not in it.
 */
export async function costsOf(
  pool: Database["pool"],
  orgId: string,
  callIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ resource_id: string; micros: string }>({
    name: "call-costs",
    text: `SELECT resource_id, sum(micros) AS micros FROM usage_record
      WHERE org_id = $1 AND resource_id = ANY($2::text[]) AND micros <> 0 GROUP BY resource_id`,
    values: [orgId, callIds],
  });
  return new Map(rows.map(({ resource_id: id, micros }) => [id, Number(micros)]));
}
