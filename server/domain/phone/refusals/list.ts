import { z } from "zod";
import { listEvents } from "#server/audit/list.ts";
import { resolveAgentId } from "../../agents/resolve.ts";
import { anyKey } from "../../authorise.ts";
import { orgOf } from "../../context.ts";
import { toAuditEvent } from "../../events/schemas.ts";
import { decodeCursor, encodeCursor, PageInput } from "../../pagination.ts";
import { verb } from "../../verb.ts";
import type { Attempted } from "../refusal.ts";

export const REFUSALS = { voice: "voice.call.refused", sms: "sms.refused" } as const satisfies Record<
  string,
  Attempted["event"]
>;

/** The calls and texts that were refused, newest first, as they stand on the log. */
export const listRefusals = verb({
  access: anyKey("audit:read"),
  effect: "read",
  input: PageInput.extend({ channel: z.enum(["voice", "sms"]).optional() }),
  run: async (ctx, { channel, cursor, limit }) => {
    const before = decodeCursor(cursor, /^\d{1,16}$/);
    const events = channel === undefined ? Object.values(REFUSALS) : [REFUSALS[channel]];
    const filter = { events, result: "DENIED", agentId: resolveAgentId(ctx, undefined) };
    const page = { limit, cursor: before === undefined ? undefined : Number(before) };
    const { items, nextCursor } = await listEvents(ctx.services.db.pool, orgOf(ctx), filter, page);
    return {
      items: items.map(toAuditEvent),
      pagination: {
        nextCursor: nextCursor === null ? null : encodeCursor(String(nextCursor)),
        hasMore: nextCursor !== null,
      },
    };
  },
});
