import { z } from "zod";
import type { Tier } from "#server/platform/tiers.ts";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { listOf } from "../fields.ts";
import { fromCarrier } from "../phone/provider-error.ts";
import { verb } from "../verb.ts";
import { USUAL_COUNTRY } from "./for-sale.ts";
import { AvailableNumber, NUMBER_CAPABILITIES, NUMBER_TYPES, toCapabilities } from "./schemas.ts";

export const countryCode = z
  .string()
  .toUpperCase()
  .regex(/^[A-Z]{2}$/, "must be a country of ISO 3166, such as US.")
  .default(USUAL_COUNTRY);
export const areaCode = z.string().regex(/^\d{2,5}$/, "must be digits, such as 212.");
const contains = z.string().regex(/^\d{2,10}$/, "must be 2 to 10 digits, such as 4242.");
export const capabilities = listOf(z.string().toLowerCase().pipe(z.enum(NUMBER_CAPABILITIES)), 3);
export const numberType = z.string().toLowerCase().pipe(z.enum(NUMBER_TYPES));

export const AvailableNumberList = z.object({ items: z.array(AvailableNumber) }).meta({ id: "AvailableNumberList" });

/** Numbers that the carrier has for sale. PHONE_PROVIDER_ERROR. */
export const searchNumbers = verb({
  access: anyKey("phone:read"),
  effect: "read",
  input: z.object({
    countryCode,
    areaCode: areaCode.optional(),
    contains: contains.optional().describe("Digits that stand next to each other somewhere in the number."),
    capabilities: capabilities.default([]),
    numberType: numberType.optional(),
    limit: z.coerce.number().int().min(1).max(50).default(10),
  }),
  run: async (ctx, input): Promise<z.infer<typeof AvailableNumberList>> => {
    const { areaCode = null, contains = null, numberType = null } = input;
    const query = { ...input, areaCode, contains, numberType };
    const found = await fromCarrier(ctx.services.carrier.searchNumbers(query));
    const monthlyCost = await monthlyCostOf(ctx);
    return {
      items: found.map(({ phoneNumber, region, numberType, capabilities }) => ({
        phoneNumber,
        region,
        numberType,
        capabilities: toCapabilities(capabilities),
        monthlyCost,
      })),
    };
  },
});

async function monthlyCostOf(ctx: Context): Promise<number> {
  const organization = await ctx.services.directory.organization(orgOf(ctx));
  const plan = ctx.services.config.plans[(organization?.tier ?? "FREE") as Tier];
  return plan.meters.phone_numbers.unitMicros / 1_000_000;
}
