import { z } from "zod";
import { countRefusals } from "#server/audit/refusals.ts";
import { masterKey } from "../../authorise.ts";
import { orgOf } from "../../context.ts";
import { verb } from "../../verb.ts";
import { GATES } from "../gates/types.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;

/**
 * How many calls and texts each gate refused in the last 24 hours and 7 days, by hours of UTC up to this one. What was
 * refused before any gate was asked (an agent that is paused) has `gate: null`.
 */
export const refusalsByGate = verb({
  access: masterKey("audit:read"),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const end = Math.floor(ctx.services.clock.now().getTime() / HOUR_MS + 1) * HOUR_MS;
    const since = (hours: number) => new Date(end - hours * HOUR_MS);
    const counts = await countRefusals(ctx.services.db.pool, orgOf(ctx), {
      from: since(WEEK_HOURS),
      recentFrom: since(DAY_HOURS),
      end: new Date(end),
    });
    const of = new Map(counts.map((count) => [count.gate, count]));
    return [...GATES, null].map((gate) => {
      const { recent = 0, all = 0 } = of.get(gate ?? "") ?? {};
      return { gate, day: recent, week: all };
    });
  },
});
