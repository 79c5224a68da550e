import { z } from "zod";
import { DAYS, MOST_CALLS, MOST_CONSENT_DAYS, MOST_TEXTS } from "./limits.ts";

const time = z
  .string()
  .regex(/^([01]\d|2[0-4]):[0-5]\d$/, "must be a time such as 09:00.")
  .refine((text) => text <= "24:00", "must be a time of the day.");

const window = z
  .strictObject({ from: time, to: time })
  .refine(({ from, to }) => from < to, "must end after it begins.")
  .nullable();

/** What an organisation may set. A window is cut to what the law allows, so it can only narrow it. */
export const RulesPatch = {
  hours: z
    .strictObject(
      Object.fromEntries(DAYS.map((day) => [day, window.optional()])) as Record<
        (typeof DAYS)[number],
        z.ZodOptional<typeof window>
      >,
    )
    .optional()
    .describe(
      "By day of the called person's week: when to call at most; null: not at all. What is absent is as the law says.",
    ),
  countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, "must be a country of ISO 3166, such as US."))
    .max(250)
    .nullable()
    .optional()
    .describe("Which countries may be called; null: that of the agent's number."),
  callsPerDay: z.int().min(0).max(MOST_CALLS).optional().describe("To one number in any 24 hours."),
  textsPerDay: z.int().min(0).max(MOST_TEXTS).optional().describe("To one number in any 24 hours."),
  noDataConsentDays: z
    .int()
    .min(0)
    .max(MOST_CONSENT_DAYS)
    .optional()
    .describe("How old a consent record may be where nobody knows whether the number changed hands; 0: then never."),
};

const Patch = z.object(RulesPatch);
export type RulesPatch = z.infer<typeof Patch>;

export const CallingRules = z
  .object({
    hours: z.record(z.string(), z.object({ from: z.string(), to: z.string() }).nullable()),
    countries: z.array(z.string()).nullable(),
    callsPerDay: z.int(),
    textsPerDay: z.int(),
    noDataConsentDays: z.int(),
  })
  .meta({ id: "CallingRules" });
export type CallingRules = z.infer<typeof CallingRules>;

/** What holds, where only some of it was set. */
export function rulesOf(stored: RulesPatch): CallingRules {
  const hours: CallingRules["hours"] = {};
  for (const [name, value] of Object.entries(stored.hours ?? {})) if (value !== undefined) hours[name] = value;
  return {
    hours,
    countries: stored.countries ?? null,
    callsPerDay: stored.callsPerDay ?? MOST_CALLS,
    textsPerDay: stored.textsPerDay ?? MOST_TEXTS,
    noDataConsentDays: stored.noDataConsentDays ?? MOST_CONSENT_DAYS,
  };
}
