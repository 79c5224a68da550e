import { z } from "zod";
import { isAscending, logSize, readEvents } from "#server/audit/list.ts";
import { type EventFilter, numberRange } from "#server/audit/select.ts";
import { sequencePending } from "#server/audit/sequencer.ts";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { verb } from "../verb.ts";
import { EXPORT_FORMATS, type ExportFormat } from "./export-format.ts";
import { EventFilterInput, eventFilter } from "./list.ts";
import { type AuditEvent, toAuditEvent } from "./schemas.ts";

/** How many events are in memory at once. */
const BATCH = 1_000;

export type EventExport = {
  format: ExportFormat;
  /** Between which numbers the events are, from `first` and below `end`: what progress can be told by. */
  range: { first: number; end: number };
  /** The events of the list, in its order. The next batch is read when it is asked for. */
  batches: AsyncGenerator<AuditEvent[]>;
};

/**
 * All events of a list, as they are at the time of the call: what is logged while they are being read is not among them.
 * The filter is that of listAuditEvents.
 */
export const exportAuditEvents = verb({
  access: anyKey("audit:read"),
  effect: "read",
  input: EventFilterInput.extend({ format: z.enum(EXPORT_FORMATS) }),
  run: async (ctx, { format, order, ...input }): Promise<EventExport> => {
    const { pool } = ctx.services.db;
    const filter = eventFilter(ctx, input);
    await sequencePending(pool, orgOf(ctx));
    const end = Math.min(filter.beforeSeq ?? Number.POSITIVE_INFINITY, await logSize(pool, orgOf(ctx)));
    const bounded = { ...filter, beforeSeq: end };
    const range = await numberRange(pool, orgOf(ctx), bounded);
    return {
      format,
      range: { first: range?.first ?? 0, end: range?.end ?? 0 },
      batches: readAll(ctx, bounded, order ?? (isAscending(filter, {}) ? "asc" : "desc")),
    };
  },
});

/** Every event that fits and has a number, batch by batch. */
export async function* readAll(ctx: Context, filter: EventFilter, order: "asc" | "desc"): AsyncGenerator<AuditEvent[]> {
  let cursor: number | undefined;
  do {
    const page = await readEvents(ctx.services.db.pool, orgOf(ctx), filter, { limit: BATCH, order, cursor });
    if (page.items.length > 0) yield page.items.map(toAuditEvent);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
