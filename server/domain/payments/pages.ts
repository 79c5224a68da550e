import { z } from "zod";
import { TIERS, type Tier } from "#server/platform/tiers.ts";
import { masterKey } from "../authorise.ts";
import { ownersOf } from "../billing/owners.ts";
import { type Context, orgOf } from "../context.ts";
import { DomainError, invalidField } from "../errors.ts";
import { strictBody } from "../fields.ts";
import { TierName } from "../plans/change.ts";
import { verb } from "../verb.ts";

const address = z
  .string()
  .max(2_048)
  .refine(isWebAddress, "must be an absolute address that begins with http:// or https://.");

export const PaymentPage = z.object({ url: z.string() }).meta({ id: "PaymentPage" });

/**
 * Opens the provider's page on which a means of payment is given; with it the plan that was chosen holds.
 * CONFLICT where payments are made by hand, SERVICE_UNAVAILABLE where the provider does not answer.
 */
export const openCheckout = verb({
  access: masterKey("*"),
  input: strictBody({ tier: TierName, successUrl: address, cancelUrl: address }),
  run: async (ctx, { tier, successUrl, cancelUrl }) => {
    const { payments, config } = ctx.services;
    const orgId = orgOf(ctx);
    const organization = await ctx.services.db.prisma.organization.findUniqueOrThrow({ where: { id: orgId } });
    checkTier(tier, organization.tier as Tier);
    const customerId = await customerOf(ctx, organization.name);
    const { currency } = config;
    return { url: await payments.openCheckout({ orgId, customerId, tier, currency, successUrl, cancelUrl }) };
  },
});

/**
 * Opens the provider's page on which means of payment are seen and changed.
 * CONFLICT where payments are made by hand, or there is no means of payment yet.
 */
export const openPortal = verb({
  access: masterKey("*"),
  input: strictBody({ returnUrl: address }),
  run: async (ctx, { returnUrl }) => {
    const { payments, db } = ctx.services;
    const { customerId } = await db.prisma.billingAccount.findUniqueOrThrow({ where: { orgId: orgOf(ctx) } });
    if (payments.collects && customerId === null) {
      throw new DomainError("CONFLICT", "There is no means of payment yet: open a checkout first.", { details: {} });
    }
    return { url: await payments.openPortal({ customerId: customerId ?? "", returnUrl }) };
  },
});

function checkTier(tier: Tier, present: Tier): void {
  if (tier === "FREE") throw invalidField("tier", "needs no means of payment.");
  if (tier === "ENTERPRISE" && present !== tier) throw invalidField("tier", "is agreed with whoever runs this server.");
  if (TIERS.indexOf(tier) < TIERS.indexOf(present)) {
    throw invalidField("tier", "is smaller than the present plan; use POST /v1/billing/change-plan.");
  }
}

/** The provider's customer that stands for the organisation: made once, also by two requests at the same instant. */
async function customerOf(ctx: Context, name: string): Promise<string> {
  const { payments, db } = ctx.services;
  const orgId = orgOf(ctx);
  const known = await db.prisma.billingAccount.findUniqueOrThrow({ where: { orgId } });
  if (known.customerId !== null) return known.customerId;
  const [owner] = await ownersOf(ctx.services, orgId);
  const email = known.billingEmail ?? owner ?? null;
  const made = await payments.createCustomer({ orgId, name: known.billingName ?? name, email });
  await db.prisma.billingAccount.updateMany({ where: { orgId, customerId: null }, data: { customerId: made } });
  const { customerId } = await db.prisma.billingAccount.findUniqueOrThrow({ where: { orgId } });
  return customerId ?? made;
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:\/\//i.test(text) && /^https?:$/.test(protocol) && username === "" && password === "";
}
