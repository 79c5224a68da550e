import { z } from "zod";
import { type EventView, logSize } from "#server/audit/list.ts";
import { CHANNELS } from "#server/audit/vocabulary.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { verb } from "../verb.ts";

const FollowInput = z.object({
  channel: z.enum(CHANNELS).optional(),
  agent_id: id.optional(),
  agentId: id.optional().describe("The same as agent_id."),
});

/** Which of an organisation's events somebody may and wants to follow, and how many there were when they began to. */
export type Following = { orgId: string; size: number; wants: (event: EventView) => boolean };

/** Opens a live view of the log: an agent's key follows its own agent, a master key all of them. */
export const followEvents = verb({
  access: anyKey("audit:read"),
  effect: "read",
  input: FollowInput,
  run: async (ctx, input): Promise<Following> => {
    const agentId = resolveAgentId(ctx, input.agent_id ?? input.agentId);
    const { channel } = input;
    const orgId = orgOf(ctx);
    return {
      orgId,
      size: await logSize(ctx.services.db.pool, orgId),
      wants: (event) =>
        (agentId === undefined || event.agentId === agentId) && (channel === undefined || event.channel === channel),
    };
  },
});
