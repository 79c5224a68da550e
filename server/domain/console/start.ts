import { z } from "zod";
import { sequencePending } from "#server/audit/sequencer.ts";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { verb } from "../verb.ts";

/** How far a new organisation has come: whether it has an agent, and whether one ever sent a mail. */
export const getStart = verb({
  access: masterKey("audit:read"),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const { pool } = ctx.services.db;
    const orgId = orgOf(ctx);
    await sequencePending(pool, orgId);
    const { rows } = await pool.query<{ hasAgent: boolean; hasSent: boolean }>({
      name: "start",
      text: `SELECT EXISTS (SELECT 1 FROM agent WHERE org_id = $1 AND status <> 'DELETED') AS "hasAgent",
        EXISTS (SELECT 1 FROM usage_day WHERE org_id = $1 AND meter = 'email_sent') AS "hasSent"`,
      values: [orgId],
    });
    const [row] = rows;
    return { hasAgent: row?.hasAgent === true, hasSent: row?.hasSent === true };
  },
});
