import { resolveAgentId } from "../agents/resolve.ts";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { decodeCursor, PageInput, toPage } from "../pagination.ts";
import { verb } from "../verb.ts";

type Row = {
  id: string;
  agent_id: string;
  agent_name: string | null;
  meter: string;
  units: number;
  micros: string;
  resource_id: string;
  created_at: Date;
  expires_at: Date;
};

/** What is held at this moment for what has begun and is not settled (calls), the newest first. */
export const listReservations = verb({
  access: masterKey("billing:read"),
  effect: "read",
  input: PageInput.extend({ agentId: id.optional() }),
  run: async (ctx, input) => {
    const agentId = resolveAgentId(ctx, input.agentId) ?? null;
    const { rows } = await ctx.services.db.pool.query<Row>({
      name: "reservations-open",
      text: `SELECT r.id, r.agent_id, a.name AS agent_name, r.meter, r.units, r.micros, r.resource_id, r.created_at, r.expires_at
        FROM reservation r LEFT JOIN agent a ON a.org_id = r.org_id AND a.id = r.agent_id
        WHERE r.org_id = $1 AND r.settled_at IS NULL AND ($2::text IS NULL OR r.agent_id = $2) AND ($3::text IS NULL OR r.id < $3)
        ORDER BY r.id DESC LIMIT $4`,
      values: [orgOf(ctx), agentId, decodeCursor(input.cursor, /^[0-9A-Za-z_-]{1,40}$/) ?? null, input.limit + 1],
    });
    return toPage(
      rows,
      input.limit,
      (row) => row.id,
      (row) => ({
        id: row.id,
        agentId: row.agent_id,
        agentName: row.agent_name,
        meter: row.meter,
        units: row.units,
        micros: Number(row.micros),
        resourceId: row.resource_id,
        createdAt: row.created_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
      }),
    );
  },
});
