import { z } from "zod";
import { sequencePending } from "#server/audit/sequencer.ts";
import { METERS, type MeterTerms, type Tier } from "#server/platform/tiers.ts";
import { masterKey } from "../authorise.ts";
import { isByMonth, OFFERED_METERS } from "../billing/meters.ts";
import { priceOf } from "../billing/money.ts";
import { endOf, periodsAt, startOf } from "../billing/periods.ts";
import { orgOf } from "../context.ts";
import { includedIn, readSpans } from "../plans/spans.ts";
import { verb } from "../verb.ts";
import { type Forecast, forecastUsage } from "./forecast.ts";

const UsageInput = z.object({
  month: z
    .string()
    .regex(/^2\d{3}-(0[1-9]|1[0-2])$/, "must be a month such as 2027-03.")
    .optional()
    .describe("Of the organisation's calendar. Default: the current one."),
});

type Row = { day: string; meter: string; quantity: string; billable: string; micros: string };

/**
 * What the organisation used in a month, by meter and day of its calendar, and what that cost; what its plan includes;
 * and, for the current month, what it comes to by the end. The sums are kept as events are numbered, so this reads a row
 * a day and meter.
 */
export const usageByDay = verb({
  access: masterKey("billing:read"),
  effect: "read",
  input: UsageInput,
  run: async (ctx, input) => {
    const { db, clock, config } = ctx.services;
    const orgId = orgOf(ctx);
    const now = clock.now();
    await sequencePending(db.pool, orgId);
    const { tier, timeZone, createdAt } = await db.prisma.organization.findUniqueOrThrow({
      where: { id: orgId },
      select: { tier: true, timeZone: true, createdAt: true },
    });
    const current = periodsAt(now, timeZone);
    const firstDay = input.month === undefined ? current.month : `${input.month}-01`;
    const [start, end] = [startOf(firstDay, timeZone), endOf("month", firstDay, timeZone)];
    const { rows } = await db.pool.query<Row>({
      name: "usage-by-day",
      text: `SELECT day::text, meter, quantity, billable, micros FROM usage_day
        WHERE org_id = $1 AND day >= $2::date AND day < $2::date + interval '1 month' ORDER BY day`,
      values: [orgId, firstDay],
    });
    const spans = await readSpans(db.prisma, orgId, start, end);
    // Storage is not used up by the day: see getPlan.
    const meters = METERS.filter((meter) => meter !== "storage_gb").map((meter) => {
      const plan = config.plans[tier as Tier].meters[meter];
      const terms = spans.length === 0 ? plan : { ...plan, included: includedIn(spans, config.plans, meter) };
      const used = rows.filter((row) => row.meter === meter);
      const total = sum(used.map(({ quantity }) => quantity));
      const micros = sum(used.map((row) => row.micros));
      const linear = now >= start ? forecastUsage(Number(total), now, { start, end, born: createdAt }) : null;
      const forecast = linear && isByMonth(meter) ? { ...linear, quantity: Number(total), perDay: 0 } : linear;
      return {
        meter,
        /** Whether this server can do it. */
        offered: OFFERED_METERS.includes(meter),
        total: Number(total),
        billable: Number(sum(used.map(({ billable }) => billable))),
        micros: Number(micros),
        included: terms.included,
        unitMicros: terms.unitMicros,
        quota: terms.quota,
        days: used.map(({ day, quantity }) => ({ day, quantity: Number(quantity) })),
        forecast: forecast && { ...forecast, micros: forecastMicros(terms, total, micros, forecast) },
      };
    });
    return {
      month: firstDay.slice(0, 7),
      today: current.day,
      timeZone,
      from: start.toISOString(),
      to: end.toISOString(),
      asOf: now.toISOString(),
      currentMonth: current.month.slice(0, 7),
      /** The month in which the organisation was made. */
      firstMonth: periodsAt(createdAt, timeZone).month.slice(0, 7),
      meters,
    };
  },
});

/** What was charged so far, and what the units that are still to come cost today, of which the included ones are free. */
function forecastMicros(terms: MeterTerms, total: bigint, micros: bigint, { quantity }: Forecast): number {
  return Number(micros + priceOf(terms, total, BigInt(Math.max(0, quantity - Number(total)))));
}

function sum(texts: string[]): bigint {
  return texts.reduce((total, text) => total + BigInt(text), 0n);
}

export type Usage = Awaited<ReturnType<typeof usageByDay>>;
