import { z } from "zod";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { pageOfMessages } from "../messages/page.ts";
import { PageInput } from "../pagination.ts";
import { listThreads, readThreads } from "../threads/list.ts";
import { toThread } from "../threads/schemas.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";

/** Conversations by text, the one with the newest message first. Read by offset, as the clients of this route do. */
export const listSmsThreads = verb({
  access: anyKey("phone:read"),
  effect: "read",
  input: listThreads.input.omit({ channel: true }),
  run: (ctx, input) => readThreads(ctx, { ...input, channel: "SMS" }),
});

/** One conversation by text with its newest messages, oldest first. NOT_FOUND. */
export const getSmsThread = verb({
  access: anyKey("phone:read"),
  effect: "read",
  input: z.object({ id, limit: PageInput.shape.limit }),
  run: async (ctx, input) => {
    const agentId = resolveAgentId(ctx, undefined);
    const row = await reader(ctx).thread.findUnique({ where: { orgId_id: { orgId: orgOf(ctx), id: input.id } } });
    if (row?.channel !== "SMS" || (agentId !== undefined && row.agentId !== agentId)) throw notFound("thread");
    const filter = { threadId: row.id, agentId, includeSpam: true };
    const { items } = await pageOfMessages(ctx, filter, { limit: input.limit });
    return { ...toThread(row), messages: items.reverse() };
  },
});
