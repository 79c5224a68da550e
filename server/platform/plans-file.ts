import { readFileSync } from "node:fs";
import { z } from "zod";
import { StartupError } from "./startup-error.ts";
import { METERS, type Meter, type Plans, TIER_LIMITS, TIERS, type Tier } from "./tiers.ts";

/** A thousand million units of the currency. Sums of amounts below it stay exact, in bigint and in JSON numbers. */
export const MAX_CENTS = 100_000_000_000;
export const MAX_UNITS = 1_000_000_000_000;

const units = z.int("must be a whole number").min(0).max(MAX_UNITS);
const cents = z.int("must be a whole number").min(0).max(MAX_CENTS);
const micros = z
  .int("must be a whole number of micro-units")
  .min(0)
  .max(MAX_CENTS * 10_000);

const Terms = z.strictObject({
  included: units.nullable().optional(),
  unitMicros: micros.optional(),
  quota: units.nullable().optional(),
  dailyQuota: units.nullable().optional(),
});
/** Storage is limited, not charged: what is allowed is included. */
const Storage = z
  .strictObject({ quota: units.nullable().optional() })
  .transform(({ quota }) => (quota === undefined ? {} : { quota, included: quota }));
const PlanChange = z.strictObject({
  name: z.string().min(1).max(40).optional(),
  priceCents: cents.optional(),
  requestsPerSecond: z.int().min(1).optional(),
  requestsPerMinute: z.int().min(1).optional(),
  agents: units.nullable().optional(),
  defaultCapCents: cents.nullable().optional(),
  meters: z
    .strictObject({
      ...Object.fromEntries(METERS.map((meter) => [meter, Terms.optional()])),
      storage_gb: Storage.optional(),
    })
    .optional(),
});
const PlansFile = z.strictObject(Object.fromEntries(TIERS.map((tier) => [tier, PlanChange.optional()])));

/**
 * The plans, with what a JSON file replaces of them: `{"GROWTH": {"meters": {"email_sent": {"unitMicros": 400}}}}`.
 * StartupError that names the field.
 */
export function readPlans(path: string | null): Plans {
  if (path === null) return TIER_LIMITS;
  const parsed = PlansFile.safeParse(readJson(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = [...(issue?.path ?? []), ...unknownKeys(issue)].join(".");
    throw new StartupError(`PLANS_FILE: ${field || "the file"}: ${issue?.message}.`, HINT);
  }
  const changes = parsed.data as Record<Tier, z.infer<typeof PlanChange> | undefined>;
  return Object.fromEntries(TIERS.map((tier) => [tier, changed(tier, changes[tier])])) as Plans;
}

const HINT =
  "It is a JSON object of plans, each with what it replaces of the table in server/platform/tiers.ts; whole numbers only.";

function changed(tier: Tier, change: z.infer<typeof PlanChange> = {}) {
  const plan = TIER_LIMITS[tier];
  const terms = (change.meters ?? {}) as Partial<Record<Meter, z.infer<typeof Terms>>>;
  const meters = Object.fromEntries(METERS.map((meter) => [meter, { ...plan.meters[meter], ...terms[meter] }]));
  return { ...plan, ...change, meters };
}

function unknownKeys(issue: z.core.$ZodIssue | undefined): string[] {
  return issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? "is not JSON" : "cannot be read";
    throw new StartupError(`PLANS_FILE: the file ${problem}.`, HINT, { cause });
  }
}
