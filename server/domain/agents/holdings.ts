import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { id } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findAgent } from "./find.ts";

const MOST = 1_000;

export type AgentHoldings = {
  keys: number;
  addresses: number;
  /** Messages of every channel, up to `most`; `most` + 1 stands for more. */
  messages: number;
  /** Mails that were accepted and have not left, counted likewise. */
  queuedMails: number;
  /** Telephone numbers, which a delete gives back. */
  phoneNumbers: number;
  /** Calls that run, which a pause and a delete hang up. */
  runningCalls: number;
  most: number;
};

/** What an agent has: so much a pause would hold back, or a delete would touch. Counted up to a limit, not to the end. */
export const getAgentHoldings = verb({
  access: anyKey("agents:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<AgentHoldings> => {
    const db = reader(ctx);
    const agent = await findAgent(ctx, db, input.id);
    const [counts] = await db.$queryRaw<Omit<AgentHoldings, "most">[]>`
      SELECT
        (SELECT count(*)::integer FROM api_key WHERE org_id = ${agent.orgId} AND agent_id = ${agent.id}
          AND revoked_at IS NULL) AS keys,
        (SELECT count(*)::integer FROM inbox WHERE org_id = ${agent.orgId} AND agent_id = ${agent.id}
          AND deleted_at IS NULL) AS addresses,
        (SELECT count(*)::integer FROM (SELECT FROM message WHERE org_id = ${agent.orgId} AND agent_id = ${agent.id}
          LIMIT ${MOST + 1}) AS counted) AS messages,
        (SELECT count(*)::integer FROM (SELECT FROM message m WHERE m.org_id = ${agent.orgId} AND m.agent_id = ${agent.id}
          AND (m.labels || ARRAY[m.channel, m.direction, m.status]) @> '{EMAIL,OUTBOUND,QUEUED}'::text[]
          LIMIT ${MOST + 1}) AS counted) AS "queuedMails",
        (SELECT count(*)::integer FROM phone_number WHERE org_id = ${agent.orgId} AND agent_id = ${agent.id}
          AND released_at IS NULL) AS "phoneNumbers",
        (SELECT count(*)::integer FROM call WHERE org_id = ${agent.orgId} AND agent_id = ${agent.id}
          AND state IN ('queued', 'ringing', 'active')) AS "runningCalls"`;
    if (!counts) throw new TypeError("a select without a table gives one row");
    return { ...counts, most: MOST };
  },
});
