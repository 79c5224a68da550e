import { z } from "zod";
import { sequencePending } from "#server/audit/sequencer.ts";
import { METERS, type Tier } from "#server/platform/tiers.ts";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { storedBytes } from "../storage/keep.ts";
import { verb } from "../verb.ts";
import type { UsageMeter } from "./meters.ts";
import { microsToCents, totalOf } from "./money.ts";
import { periodsAt } from "./periods.ts";
import { unitsOf } from "./stocks.ts";

const PeriodInput = z.object({
  period: z
    .string()
    .regex(/^2\d{3}-(0[1-9]|1[0-2])$/, "must be a month such as 2027-03.")
    .optional()
    .describe("A month of the organisation's calendar. Default: the current one."),
});

const Line = z.object({
  meter: z.string(),
  quantity: z.int().describe("Of storage_gb, which is not used up: GB that are stored now, a started one counts"),
  included: z.int().nullable().describe("What the plan includes now; null: all"),
  billable: z.int(),
  unitMicros: z.int().describe("Today's price; what was used costs what it cost at its moment"),
  micros: z.int(),
});
export const BillingUsage = z
  .object({
    period: z.string(),
    usage: z.object({
      message_sent: z.int(),
      message_received: z.int(),
      sms_sent: z.int(),
      sms_received: z.int(),
      call_minute: z.int(),
      embedding_generated: z.int(),
    }),
    meters: z.array(Line),
    storedBytes: z.int().describe("Files that are stored now: sources of mail that came in, and attachments"),
    totalMicros: z.int().describe("The sum of the lines: 10,000 to a cent"),
    totalCents: z.int().describe("A started cent counts"),
  })
  .meta({ id: "BillingUsage" });

export const OrgUsage = z
  .object({
    period: z.string(),
    usage: z.object({
      email_sent: z.int(),
      email_received: z.int(),
      sms_sent: z.int(),
      sms_received: z.int(),
      voice_calls: z.int(),
      voice_call_minutes: z.int(),
    }),
  })
  .meta({ id: "OrgUsage" });

/** What was used in a month, line by line, and what it costs beyond the plan's price. */
export const getBillingUsage = verb({
  access: anyKey("billing:read"),
  effect: "read",
  input: PeriodInput,
  run: async (ctx, input) => {
    const { period, used, tier } = await read(ctx, input.period);
    const plan = ctx.services.config.plans[tier];
    const stored = await storedBytes(ctx.services.db.prisma, orgOf(ctx));
    const lines = METERS.map((meter) => ({
      meter,
      terms: plan.meters[meter],
      ...(meter === "storage_gb" ? { ...NOTHING, units: BigInt(unitsOf(meter, stored)) } : used(meter)),
    }));
    const total = totalOf(lines.map(({ units, billable, micros }) => ({ units, billable, micros })));
    const count = (...meters: UsageMeter[]) => Number(meters.reduce((sum, meter) => sum + used(meter).units, 0n));
    return {
      period,
      usage: {
        message_sent: count("email_sent"),
        message_received: count("email_received"),
        sms_sent: count("sms_sent"),
        sms_received: count("sms_received"),
        call_minute: count("voice_minutes_basic", "voice_minutes_premium"),
        // Nothing here makes any.
        embedding_generated: 0,
      },
      meters: lines.map(({ meter, terms, units, billable, micros }) => ({
        meter,
        quantity: Number(units),
        included: terms.included,
        billable: Number(billable),
        unitMicros: terms.unitMicros,
        micros: Number(micros),
      })),
      storedBytes: stored,
      totalMicros: Number(total),
      totalCents: microsToCents(total),
    };
  },
});

/** The counters of a month. */
export const getOrgUsage = verb({
  access: anyKey("billing:read"),
  effect: "read",
  input: PeriodInput,
  run: async (ctx, input) => {
    const { period, used } = await read(ctx, input.period);
    const count = (...meters: UsageMeter[]) => Number(meters.reduce((sum, meter) => sum + used(meter).units, 0n));
    return {
      period,
      usage: {
        email_sent: count("email_sent"),
        email_received: count("email_received"),
        sms_sent: count("sms_sent"),
        sms_received: count("sms_received"),
        voice_calls: count("voice_calls"),
        voice_call_minutes: count("voice_minutes_basic", "voice_minutes_premium"),
      },
    };
  },
});

const NOTHING = { units: 0n, billable: 0n, micros: 0n };

type Row = { meter: string; quantity: string; billable: string; micros: string };

/** The sums are kept as events are numbered: a row a day and meter, however much was used. */
async function read(ctx: Context, asked: string | undefined) {
  const { db, clock } = ctx.services;
  const orgId = orgOf(ctx);
  await sequencePending(db.pool, orgId);
  const { tier, timeZone } = await db.prisma.organization.findUniqueOrThrow({
    where: { id: orgId },
    select: { tier: true, timeZone: true },
  });
  const period = asked ?? periodsAt(clock.now(), timeZone).month.slice(0, 7);
  const { rows } = await db.pool.query<Row>({
    name: "usage-of-month",
    text: `SELECT meter, sum(quantity) AS quantity, sum(billable) AS billable, sum(micros) AS micros FROM usage_day
      WHERE org_id = $1 AND day >= $2::date AND day < $2::date + interval '1 month' GROUP BY meter`,
    values: [orgId, `${period}-01`],
  });
  const used = (meter: UsageMeter) => {
    const row = rows.find((each) => each.meter === meter);
    const { quantity = "0", billable = "0", micros = "0" } = row ?? {};
    return { units: BigInt(quantity), billable: BigInt(billable), micros: BigInt(micros) };
  };
  return { period, tier: tier as Tier, used };
}
