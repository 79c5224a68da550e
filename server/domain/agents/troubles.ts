import type pg from "pg";
import { type EventView, findNumbered } from "#server/audit/list.ts";

/** What an agent was refused or failed at: `count` times since `since`, never a day without it; and the last event of it. */
export type AgentTrouble = {
  agentId: string;
  agentName: string;
  count: number;
  since: Date;
  lastAt: Date;
  last: EventView;
};

type Row = { agent_id: string; name: string; count: string; since: Date; last_at: Date; last_seq: string };

// A mail that is tried again has not failed yet.
const NO_TROUBLE = ["email.deferred"];

/**
 * Agents that were refused something (DENIED) or failed (FAILURE) after an instant, the latest first; an agent once for
 * every event that this happened to. The log keeps these rows (count_events in the migrations) and they are read by key,
 * so that they cost the same however many agents and events there are.
 */
export async function latestTroubles(
  pool: pg.Pool,
  orgId: string,
  result: "DENIED" | "FAILURE",
  page: { after: Date; limit: number },
): Promise<AgentTrouble[]> {
  const { rows } = await pool.query<Row>({
    name: "latest-troubles",
    text: `SELECT t.agent_id, a.name, t.count, t.since, t.last_at, t.last_seq
      FROM agent_trouble t
      JOIN agent a ON a.org_id = t.org_id AND a.id = t.agent_id AND a.status <> 'DELETED'
      WHERE t.org_id = $1 AND t.result = $2 AND t.last_at > $3 AND t.event <> ALL($4::text[])
      ORDER BY t.last_at DESC LIMIT $5`,
    values: [orgId, result, page.after, NO_TROUBLE, page.limit],
  });
  const events = await findNumbered(
    pool,
    orgId,
    rows.map((row) => row.last_seq),
  );
  const bySeq = new Map(events.map((event) => [String(event.seq), event]));
  return rows.flatMap((row) => {
    const last = bySeq.get(row.last_seq);
    if (!last) return [];
    const { agent_id: agentId, name: agentName, since, last_at: lastAt } = row;
    return [{ agentId, agentName, count: Number(row.count), since, lastAt, last }];
  });
}
