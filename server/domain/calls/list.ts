import { z } from "zod";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { PageInput } from "../pagination.ts";
import { CALL_STATES } from "../phone/news.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { CALL_DIRECTIONS, Call, OPEN_STATES, toCall } from "./schemas.ts";

// What is skipped is read, and counting never ends otherwise: whoever looks further back narrows by agent, or searches.
const MOST = 10_000;

/** What the console of the public service filters by, in its words, beside the states themselves. */
const GROUPS: Record<string, readonly string[]> = {
  active: OPEN_STATES,
  ended: ["completed", "no_answer", "busy", "failed"],
};

export const CallList = z
  .object({
    calls: z.array(Call),
    total: z.int().describe(`How many there are; counted up to ${MOST}.`),
  })
  .meta({ id: "CallList" });

const State = z
  .string()
  .toLowerCase()
  .pipe(z.enum([...CALL_STATES, "ended"]));

/** Calls, newest first. Read by offset, as the clients of this route do. */
export const listCalls = verb({
  access: anyKey("voice:read"),
  effect: "read",
  input: z.object({
    agentId: id.optional(),
    direction: z.string().toUpperCase().pipe(z.enum(CALL_DIRECTIONS)).optional(),
    state: State.optional().describe("A state; active is every call that runs, ended every other one."),
    limit: PageInput.shape.limit,
    offset: z.coerce.number().int().min(0).max(MOST).default(0),
  }),
  run: async (ctx, input): Promise<z.infer<typeof CallList>> => {
    const agentId = resolveAgentId(ctx, input.agentId);
    const where = {
      orgId: orgOf(ctx),
      ...(agentId === undefined ? {} : { agentId }),
      ...(input.direction === undefined ? {} : { direction: input.direction }),
      ...(input.state === undefined ? {} : { state: { in: [...(GROUPS[input.state] ?? [input.state])] } }),
    };
    const db = reader(ctx);
    const rows = await db.call.findMany({ where, orderBy: { id: "desc" }, skip: input.offset, take: input.limit });
    const counted = await db.call.findMany({ where, select: { id: true }, take: MOST });
    return { calls: rows.map(toCall), total: counted.length };
  },
});
