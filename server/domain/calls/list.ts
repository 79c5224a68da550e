import { z } from "zod";
import { ID_PATTERN } from "#server/platform/ids.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { decodeCursor, PageInput, toPage } from "../pagination.ts";
import { phoneNumber } from "../phone/fields.ts";
import { CALL_STATES } from "../phone/news.ts";
import { verb } from "../verb.ts";
import { type CallFilter, countCalls, readCalls } from "./page.ts";
import { CALL_DIRECTIONS, Call, OPEN_STATES, toCall } from "./schemas.ts";

// What is skipped and what is counted is read, so both are bounded: whoever looks further back goes by cursor.
const MOST = 1_000;

/** What the console of the public service filters by, in its words, beside the states themselves. */
const GROUPS: Record<string, CallFilter["states"]> = {
  active: OPEN_STATES,
  ended: ["completed", "no_answer", "busy", "failed"],
};

export const CallList = z
  .object({
    calls: z.array(Call),
    total: z.int().describe(`How many there are; ${MOST} stands for so many or more.`),
    pagination: z.object({ nextCursor: z.string().nullable(), hasMore: z.boolean() }),
  })
  .meta({ id: "CallList" });

const State = z
  .string()
  .toLowerCase()
  .pipe(z.enum([...CALL_STATES, "ended"]));

/** Calls, newest first. Read by cursor, or by offset as the clients of this route do. */
export const listCalls = verb({
  access: anyKey("voice:read"),
  effect: "read",
  input: PageInput.extend({
    agentId: id.optional(),
    direction: z.string().toUpperCase().pipe(z.enum(CALL_DIRECTIONS)).optional(),
    state: State.optional().describe("A state; active is every call that runs, ended every other one."),
    number: phoneNumber.optional().describe("Calls from it or to it."),
    offset: z.coerce.number().int().min(0).max(MOST).default(0).describe("How many to skip; counted from the cursor."),
  }),
  run: async (ctx, input): Promise<z.infer<typeof CallList>> => {
    const { pool } = ctx.services.db;
    const filter: CallFilter = {
      orgId: orgOf(ctx),
      agentId: resolveAgentId(ctx, input.agentId),
      directions: input.direction === undefined ? CALL_DIRECTIONS : [input.direction],
      states: statesOf(input.state),
      number: input.number,
    };
    const page = { before: decodeCursor(input.cursor, ID_PATTERN), offset: input.offset, limit: input.limit + 1 };
    const rows = await readCalls(ctx.services.db, filter, page);
    const { items, pagination } = toPage(rows, input.limit, (row) => row.id, toCall);
    return { calls: items, total: await countCalls(pool, filter, MOST), pagination };
  },
});

function statesOf(named: z.output<typeof State> | undefined): CallFilter["states"] {
  if (named === undefined) return CALL_STATES;
  return GROUPS[named] ?? CALL_STATES.filter((state) => state === named);
}
