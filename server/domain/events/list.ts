import { z } from "zod";
import { listEvents } from "#server/audit/list.ts";
import { CHANNELS, RESULTS } from "#server/audit/record.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { id, instant } from "../fields.ts";
import { decodeCursor, encodeCursor, type Page, PageInput } from "../pagination.ts";
import { verb } from "../verb.ts";
import { type AuditEvent, toAuditEvent } from "./schemas.ts";

const correlation = z.string().min(1).max(128);

const ListEventsInput = PageInput.extend({
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
  order: z.enum(["asc", "desc"]).optional().describe("Default: a chain oldest first, anything else newest first."),
});

/**
 * Events of the organisation; an agent's key sees its own agent's. What was answered before the call is in the answer.
 */
export const listAuditEvents = verb({
  access: anyKey("audit:read"),
  input: ListEventsInput,
  run: async (ctx, input): Promise<Page<AuditEvent>> => {
    const cursor = decodeCursor(input.cursor, /^\d{1,16}$/);
    const { items, nextCursor } = await listEvents(
      ctx.services.db.pool,
      orgOf(ctx),
      {
        correlationId: input.correlation_id ?? input.correlationId,
        requestId: input.request_id,
        agentId: resolveAgentId(ctx, input.agent_id ?? input.agentId),
        channel: input.channel,
        event: input.event,
        result: input.result,
        after: input.after,
        before: input.before,
      },
      { limit: input.limit, order: input.order, cursor: cursor === undefined ? undefined : Number(cursor) },
    );
    return {
      items: items.map(toAuditEvent),
      pagination: {
        nextCursor: nextCursor === null ? null : encodeCursor(String(nextCursor)),
        hasMore: nextCursor !== null,
      },
    };
  },
});
