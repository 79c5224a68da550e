import { z } from "zod";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { verb } from "../verb.ts";
import { STATE_LABELS } from "./boxes.ts";

/** How many of the newest messages are looked at: the cost is the same at a million of them. */
export const OVERVIEW_WINDOW = 1_000;

type Row = { agentId: string; channel: string; direction: string; labels: string[] };

export type MailboxOverview = {
  /** Unread mail in the inbox, among the newest OVERVIEW_WINDOW messages. */
  unread: number;
  /** The same by agent; one that has none is not there. */
  unreadByAgent: Record<string, number>;
  /** The labels in use among them that are not states, sorted. */
  labels: string[];
};

/** What stands beside the boxes: unread counts and labels. */
export const mailboxOverview = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: z.object({ agentId: id.optional() }),
  run: async (ctx, input): Promise<MailboxOverview> => {
    const agentId = resolveAgentId(ctx, input.agentId);
    const values = agentId === undefined ? [orgOf(ctx)] : [orgOf(ctx), agentId];
    const { rows: newest } = await ctx.services.db.pool.query<Row>(
      `SELECT agent_id AS "agentId", channel, direction, labels FROM message
        WHERE org_id = $1 ${agentId === undefined ? "" : "AND agent_id = $2"} ORDER BY id DESC LIMIT ${OVERVIEW_WINDOW}`,
      values,
    );
    const rows = newest.filter((row) => row.channel === "EMAIL");
    const unread = rows.filter(isUnreadInInbox);
    const byAgent = Map.groupBy(unread, (row) => row.agentId);
    const labels = new Set(rows.flatMap((row) => row.labels));
    return {
      unread: unread.length,
      unreadByAgent: Object.fromEntries([...byAgent].map(([agent, found]) => [agent, found.length])),
      labels: [...labels].filter((label) => !STATE_LABELS.includes(label)).sort(),
    };
  },
});

function isUnreadInInbox({ direction, labels }: Row): boolean {
  if (direction !== "INBOUND" || !labels.includes("unread")) return false;
  return !labels.includes("archived") && !labels.includes("spam");
}
