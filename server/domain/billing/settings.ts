import { z } from "zod";
import { MAX_CENTS, MAX_UNITS } from "#server/platform/plans-file.ts";
import type { Plan } from "#server/platform/tiers.ts";
import { CAP_METERS, type CapMeter } from "./meters.ts";

const cents = z
  .int("must be a whole number of cents.")
  .min(0, "must not be below 0: 0 blocks, null is no cap.")
  .max(MAX_CENTS, `must be at most ${MAX_CENTS}.`)
  .nullable();
const units = z
  .int("must be a whole number.")
  .min(0, "must not be below 0: 0 blocks, null is no cap.")
  .max(MAX_UNITS, `must be at most ${MAX_UNITS}.`)
  .nullable();

export const MODES = ["block", "alert-only"] as const;

const MeterPatch = z.strictObject({
  enabled: z.boolean().optional(),
  mode: z.enum(MODES).optional().describe("block refuses at 100 %, alert-only lets pass and warns."),
  capCents: cents.optional().describe("null: monthlyCapCents"),
  capUnits: units.optional().describe("Mails, messages or minutes a month"),
  daily: z.strictObject({ capCents: cents.optional(), capUnits: units.optional() }).optional(),
});

/** What PUT changes: what is not named keeps its value. */
export const CapPatch = {
  enabled: z.boolean().optional().describe("false: no cap is enforced. What the plan allows still is."),
  monthlyCapCents: cents.optional().describe("The cap of each meter that has none of its own; null: no cap"),
  meters: z
    .strictObject({ email: MeterPatch.optional(), sms: MeterPatch.optional(), voice: MeterPatch.optional() })
    .optional(),
};
export type CapPatch = z.output<z.ZodObject<typeof CapPatch>>;

const CapMeterSettings = z.object({
  enabled: z.boolean(),
  mode: z.enum(MODES),
  capCents: z.int().nullable(),
  capUnits: z.int().nullable(),
  daily: z.object({ capCents: z.int().nullable(), capUnits: z.int().nullable() }),
});
export const CapSettings = z.object({
  enabled: z.boolean(),
  monthlyCapCents: z.int().nullable(),
  meters: z.object({ email: CapMeterSettings, sms: CapMeterSettings, voice: CapMeterSettings }),
});
export type CapSettings = z.infer<typeof CapSettings>;

/** What was set, with the defaults of what was not: an organisation has its plan's cap, an agent none of its own. */
export function settingsOf(stored: CapPatch, plan: Plan | null): CapSettings {
  const meter = (name: CapMeter) => {
    const set = stored.meters?.[name];
    return {
      enabled: set?.enabled ?? true,
      mode: set?.mode ?? "block",
      capCents: set?.capCents ?? null,
      capUnits: set?.capUnits ?? null,
      daily: { capCents: set?.daily?.capCents ?? null, capUnits: set?.daily?.capUnits ?? null },
    };
  };
  return {
    enabled: stored.enabled ?? true,
    monthlyCapCents: stored.monthlyCapCents === undefined ? (plan?.defaultCapCents ?? null) : stored.monthlyCapCents,
    meters: { email: meter("email"), sms: meter("sms"), voice: meter("voice") },
  };
}

/** What is stored after a change: what the change does not name stays. */
export function patched(stored: CapPatch, patch: CapPatch): CapPatch {
  const meters: CapPatch["meters"] = { ...stored.meters };
  for (const name of CAP_METERS) {
    const change = patch.meters?.[name];
    if (change) meters[name] = { ...meters[name], ...change, daily: { ...meters[name]?.daily, ...change.daily } };
  }
  const { enabled = stored.enabled, monthlyCapCents = stored.monthlyCapCents } = patch;
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(monthlyCapCents === undefined ? {} : { monthlyCapCents }),
    meters,
  };
}
