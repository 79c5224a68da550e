import { z } from "zod";
import { type EventLeaf, readLeaf } from "#server/audit/leaf.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { verb } from "../verb.ts";

/**
 * One event as it was hashed: number, leaf hash, canonical JSON, private part. An agent's key reads its own agent's.
 * NOT_FOUND for one that is not there, another organisation's, another agent's.
 */
export const getEventLeaf = verb({
  access: anyKey("audit:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<EventLeaf> => {
    const leaf = await readLeaf(ctx.services.db.pool, orgOf(ctx), input.id, resolveAgentId(ctx, undefined));
    if (!leaf) throw notFound("event");
    return leaf;
  },
});
