import { z } from "zod";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";

const MOST = 1_000;

/** What the kill switch touches; counts go up to `most`, and `most` + 1 stands for more. */
export type StopPreview = {
  /** Agents that act now: those that are not paused. */
  activeAgents: number;
  pausedAgents: number;
  /** Mails that were accepted and have not left. */
  queuedMails: number;
  most: number;
};

/** How many agents and queued mails a stop of the organisation would touch, or its resume would let go. */
export const previewStop = verb({
  access: masterKey("*"),
  effect: "read",
  input: z.object({}),
  run: async (ctx): Promise<StopPreview> => {
    const orgId = orgOf(ctx);
    const [counts] = await reader(ctx).$queryRaw<Omit<StopPreview, "most">[]>`
      SELECT
        (SELECT count(*)::integer FROM (SELECT FROM agent WHERE org_id = ${orgId} AND status = 'ACTIVE'
          LIMIT ${MOST + 1}) AS counted) AS "activeAgents",
        (SELECT count(*)::integer FROM (SELECT FROM agent WHERE org_id = ${orgId} AND status = 'PAUSED'
          LIMIT ${MOST + 1}) AS counted) AS "pausedAgents",
        (SELECT count(*)::integer FROM (SELECT FROM message m WHERE m.org_id = ${orgId}
          AND (m.labels || ARRAY[m.channel, m.direction, m.status]) @> '{EMAIL,OUTBOUND,QUEUED}'::text[]
          LIMIT ${MOST + 1}) AS counted) AS "queuedMails"`;
    if (!counts) throw new TypeError("a select without a table gives one row");
    return { ...counts, most: MOST };
  },
});
