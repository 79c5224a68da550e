import { z } from "zod";
import { resolveAgent } from "../agents/resolve.ts";
import { masterKey } from "../authorise.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { id } from "../fields.ts";
import { CarrierRefused } from "../phone/carrier.ts";
import { parseNumber } from "../phone/places/number.ts";
import { fromCarrier } from "../phone/provider-error.ts";
import { refuseRepeated } from "../phone/refusal.ts";
import { verb } from "../verb.ts";
import { firstForSale, USUAL_CAPABILITIES } from "./for-sale.ts";
import { askedWith, type ChosenOrder, findOrder, forgetOrder, settleOrder, writeOrder } from "./order.ts";
import type { PhoneIdentity } from "./schemas.ts";
import { areaCode, capabilities, countryCode, numberType } from "./search.ts";

const ProvisionInput = z.object({
  agentId: id.optional(),
  phoneNumber: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, "must be E.164, such as +12125550199.")
    .optional()
    .describe("One that a search has found. Default: the first one that fits."),
  countryCode,
  areaCode: areaCode.optional(),
  capabilities: capabilities.default(USUAL_CAPABILITIES),
  numberType: numberType.optional(),
});
type ProvisionInput = z.output<typeof ProvisionInput>;

/**
 * Buys a number for an agent. It is charged for the month at once, and again each month until it is released. The order is
 * written before the carrier is asked; where its answer is lost, a repeat with the same key or the task
 * `settle-number-orders` finds out what became of it.
 * PAYMENT_REQUIRED (the plan allows no more), CONFLICT (none is for sale, or the named one is gone), PHONE_PROVIDER_ERROR.
 */
export const provisionNumber = verb({
  access: masterKey("phone:provision"),
  input: ProvisionInput,
  run: async (ctx, input): Promise<PhoneIdentity> => {
    const { services } = ctx;
    const agent = await resolveAgent(ctx, input.agentId);
    await refuseRepeated(ctx);
    const left = await findOrder(services.db.prisma, ctx.claim);
    const order = left ?? (await writeOrder(ctx, agent, await findOne(ctx, input)));
    const bought = await fromCarrier(buy(ctx, order, left === null));
    const settled = await settleOrder(services, order, bought);
    if (settled) return settled;
    throw new DomainError("PHONE_PROVIDER_ERROR", "The order was given up meanwhile: the number goes back.", {
      details: { carrierCode: null, retryable: true },
    });
  },
});

/** An order that the carrier did not take is forgotten, unless an earlier try may have been taken. */
function buy({ services }: Context, order: ChosenOrder, isFirst: boolean) {
  return services.carrier.buyNumber(order.phoneNumber, askedWith(order)).catch(async (error: unknown) => {
    const isRefused = error instanceof CarrierRefused && (isFirst || !error.retryable);
    if (isRefused) await forgetOrder(services, order, error.code);
    throw error;
  });
}

/** Of which country a number is, and whether it is toll-free, its digits say. */
function named(phoneNumber: string, { countryCode, numberType = "local" }: ProvisionInput) {
  const { number } = parseNumber(phoneNumber, countryCode);
  return {
    phoneNumber,
    countryCode: number?.country ?? countryCode,
    numberType: number?.kind === "TOLL_FREE" ? "toll_free" : numberType,
  };
}

/** The named number, else the first one that fits. CONFLICT where the carrier has none. */
async function findOne(ctx: Context, input: ProvisionInput) {
  const { countryCode, capabilities } = input;
  if (input.phoneNumber !== undefined) return named(input.phoneNumber, input);
  const { areaCode = null, numberType = null } = input;
  const query = { countryCode, capabilities, areaCode, numberType };
  const found = await fromCarrier(firstForSale(ctx.services.carrier, query));
  if (found) return found;
  throw new DomainError("CONFLICT", "The carrier has no such number for sale. Try another area code or country.", {
    details: { field: input.areaCode === undefined ? "countryCode" : "areaCode" },
  });
}
