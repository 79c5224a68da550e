import { z } from "zod";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { pageOfMessages } from "../messages/page.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { toThread } from "./schemas.ts";

const MAX_MESSAGES = 100;

/** One thread with its newest messages, oldest first. NOT_FOUND. */
export const getThread = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => {
    const agentId = resolveAgentId(ctx, undefined);
    const row = await reader(ctx).thread.findUnique({ where: { orgId_id: { orgId: orgOf(ctx), id: input.id } } });
    if (!row || (agentId !== undefined && row.agentId !== agentId)) throw notFound("thread");
    const { items } = await pageOfMessages(
      ctx,
      { threadId: row.id, agentId, includeSpam: true },
      { limit: MAX_MESSAGES },
    );
    return { ...toThread(row), messages: items.reverse() };
  },
});
