import { z } from "zod";
import { countByHour } from "#server/audit/counts.ts";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { invalidField } from "../errors.ts";
import { instant } from "../fields.ts";
import { verb } from "../verb.ts";

const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 24;
const MAX_HOURS = 31 * 24;

const CountEventsInput = z.object({
  from: instant
    .optional()
    .describe("The hour of this instant is the first one. Default: 24 hours, up to the last one."),
  to: instant.optional().describe("The hour of this instant is the last one. Default: the hour of now."),
});

/**
 * How often each event had each result, by hour of UTC. `nextSeq` is the number of the first event that is not counted,
 * so that whoever follows the log adds exactly those from it on.
 * VALIDATION_ERROR for a range that ends before it begins or is longer than 31 days.
 */
export const countEvents = verb({
  access: masterKey("audit:read"),
  effect: "read",
  input: CountEventsInput,
  run: async (ctx, input) => {
    const now = ctx.services.clock.now();
    const last = hourOf(input.to ?? now);
    const first = input.from ? hourOf(input.from) : last - (DEFAULT_HOURS - 1) * HOUR_MS;
    if (first > last) throw invalidField("from", "is later than to.");
    if (last - first >= MAX_HOURS * HOUR_MS)
      throw invalidField("from", "is more than 31 days before to; ask in parts.");
    const end = last + HOUR_MS;
    const { size, counts } = await countByHour(ctx.services.db.pool, orgOf(ctx), new Date(first), new Date(end));
    return {
      from: new Date(first).toISOString(),
      to: new Date(end).toISOString(),
      asOf: now.toISOString(),
      nextSeq: size,
      counts: counts.map(({ hour, ...count }) => ({ hour: hour.toISOString(), ...count })),
    };
  },
});

function hourOf(at: Date): number {
  return Math.floor(at.getTime() / HOUR_MS) * HOUR_MS;
}

export type EventCounts = Awaited<ReturnType<typeof countEvents>>;
