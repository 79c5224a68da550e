import type { Transaction } from "#server/platform/database.ts";

/** Milliseconds between each turn of the caller and the answer of the agent to it. */
export async function latencyOf(tx: Transaction, orgId: string, callId: string): Promise<number[]> {
  const rows = await tx.$queryRaw<{ ms: number }[]>`SELECT greatest(s.start_ms - s.before, 0) AS ms FROM (
      SELECT speaker, start_ms, lag(end_ms) OVER (ORDER BY seq) AS before, lag(speaker) OVER (ORDER BY seq) AS previous, seq
      FROM call_segment WHERE org_id = ${orgId} AND call_id = ${callId} AND is_final
    ) AS s WHERE s.speaker = 'agent' AND s.previous = 'caller' ORDER BY s.seq LIMIT 200`;
  return rows.map(({ ms }) => ms);
}
