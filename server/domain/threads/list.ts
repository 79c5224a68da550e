import { z } from "zod";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { MESSAGE_CHANNELS } from "../messages/schemas.ts";
import { PageInput } from "../pagination.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { type ThreadPage, toThread } from "./schemas.ts";

// What is skipped is read, so the offset is bounded: whoever looks further back narrows by agent, or searches.
const MAX_OFFSET = 10_000;

/** Threads, the one with the newest message first. Read by offset, as the clients of this route do. */
export const listThreads = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: z.object({
    agentId: id.optional(),
    channel: z.enum(MESSAGE_CHANNELS).optional(),
    limit: PageInput.shape.limit,
    offset: z.coerce.number().int().min(0).max(MAX_OFFSET).default(0),
  }),
  run: (ctx, input) => readThreads(ctx, input),
});

type Wanted = { agentId?: string | undefined; channel?: string | undefined; limit: number; offset: number };

/** A page of threads, for whoever may read them. */
export async function readThreads(ctx: Context, input: Wanted): Promise<z.infer<typeof ThreadPage>> {
  const agentId = resolveAgentId(ctx, input.agentId);
  const rows = await reader(ctx).thread.findMany({
    where: {
      orgId: orgOf(ctx),
      ...(agentId === undefined ? {} : { agentId }),
      ...(input.channel === undefined ? {} : { channel: input.channel }),
    },
    orderBy: [{ lastMessageAt: "desc" }, { id: "desc" }],
    skip: input.offset,
    take: input.limit + 1,
  });
  return {
    items: rows.slice(0, input.limit).map(toThread),
    pagination: {
      limit: input.limit,
      offset: input.offset,
      hasMore: rows.length > input.limit,
      nextCursor: null,
    },
  };
}
