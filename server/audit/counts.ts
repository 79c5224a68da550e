import type pg from "pg";
import { sequencePending } from "./sequencer.ts";

/** How often an event had a result in an hour of UTC. */
export type HourCount = { hour: Date; channel: string; event: string; result: string; count: number };

type Row = { size: string } & (
  | { hour: Date; channel: string; event: string; result: string; count: string }
  | { hour: null }
);

/**
 * What happened in an organisation in the hours that begin at `from` or later and before `to`, counted when it was
 * numbered. Everything that was answered before the call is in it.
 *
 * @returns the counts, and how many events were numbered when they were read: an event of that number or a later one is
 * not among them
 */
export async function countByHour(
  pool: pg.Pool,
  orgId: string,
  from: Date,
  to: Date,
): Promise<{ size: number; counts: HourCount[] }> {
  await sequencePending(pool, orgId);
  // One statement, so that size and counts are of one moment.
  const { rows } = await pool.query<Row>({
    name: "counts-by-hour",
    text: `SELECT tree.size, h.hour, h.channel, h.event, h.result, h.count
      FROM (SELECT coalesce((SELECT size FROM event_tree WHERE org_id = $1), 0) AS size) tree
      LEFT JOIN event_hour h ON h.org_id = $1 AND h.hour >= $2 AND h.hour < $3
      ORDER BY h.hour, h.event, h.result`,
    values: [orgId, from, to],
  });
  const counts = rows.flatMap((row) => {
    if (row.hour === null) return [];
    const { hour, channel, event, result, count } = row;
    return [{ hour, channel, event, result, count: Number(count) }];
  });
  return { size: Number(rows[0]?.size ?? 0), counts };
}
