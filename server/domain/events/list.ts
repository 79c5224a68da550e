import { z } from "zod";
import { listEvents } from "#server/audit/list.ts";
import type { EventFilter } from "#server/audit/select.ts";
import { CHANNELS, RESULTS } from "#server/audit/vocabulary.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { id, instant } from "../fields.ts";
import { decodeCursor, encodeCursor, type Page, PageInput } from "../pagination.ts";
import { verb } from "../verb.ts";
import { type AuditEvent, toAuditEvent } from "./schemas.ts";

const correlation = z.string().min(1).max(128);

const number = z.union([
  z.int().min(0),
  z
    .string()
    .regex(/^\d{1,15}$/, "must be the number of an event.")
    .transform(Number),
]);

/** Which events: the members of every list and export of them. */
export const EventFilterInput = z.object({
  correlation_id: correlation.optional().describe("The whole chain of one workflow, oldest first."),
  correlationId: correlation.optional().describe("The same as correlation_id."),
  request_id: z.string().max(64).optional(),
  agent_id: id.optional(),
  agentId: id.optional().describe("The same as agent_id."),
  channel: z.enum(CHANNELS).optional(),
  event: z.string().max(100).optional(),
  result: z.enum(RESULTS).optional(),
  after: instant.optional().describe("Only events later than this."),
  before: instant.optional().describe("Only events earlier than this."),
  after_seq: number.optional().describe("Only events with a greater number."),
  before_seq: number.optional().describe("Only events with a smaller number."),
  order: z.enum(["asc", "desc"]).optional().describe("Default: a chain oldest first, anything else newest first."),
});

const ListEventsInput = PageInput.extend(EventFilterInput.shape);

/** The filter of an input. An agent's key sees its own agent's events. NOT_FOUND for another agent's id. */
export function eventFilter(ctx: Context, input: z.output<typeof EventFilterInput>): EventFilter {
  return {
    correlationId: input.correlation_id ?? input.correlationId,
    requestId: input.request_id,
    agentId: resolveAgentId(ctx, input.agent_id ?? input.agentId),
    channel: input.channel,
    event: input.event,
    result: input.result,
    after: input.after,
    before: input.before,
    afterSeq: input.after_seq,
    beforeSeq: input.before_seq,
  };
}

/**
 * Events of the organisation; an agent's key sees its own agent's. What was answered before the call is in the answer.
 */
export const listAuditEvents = verb({
  access: anyKey("audit:read"),
  effect: "read",
  input: ListEventsInput,
  run: async (ctx, input): Promise<Page<AuditEvent>> => {
    const cursor = decodeCursor(input.cursor, /^\d{1,16}$/);
    const { items, nextCursor } = await listEvents(ctx.services.db.pool, orgOf(ctx), eventFilter(ctx, input), {
      limit: input.limit,
      order: input.order,
      cursor: cursor === undefined ? undefined : Number(cursor),
    });
    return {
      items: items.map(toAuditEvent),
      pagination: {
        nextCursor: nextCursor === null ? null : encodeCursor(String(nextCursor)),
        hasMore: nextCursor !== null,
      },
    };
  },
});
