import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import { TIERS, type Tier } from "#server/platform/tiers.ts";
import { anyone } from "../authorise.ts";
import type { Services } from "../context.ts";
import { enqueue } from "../jobs.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { setPlan } from "../plans/set.ts";
import { emit, openTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { collectAnew, recordCharge } from "./collect.ts";
import type { ProviderEvent } from "./provider.ts";

export const Received = z.object({ received: z.literal(true) }).meta({ id: "PaymentEventReceived" });

/**
 * Takes an event of the payment provider: the bytes of the body and its signature. It is answered when it is stored; what
 * follows from it is a job. One that was taken before is answered the same, and nothing follows.
 * NOT_FOUND where there is no provider, BAD_REQUEST for a signature that is wrong or too old.
 */
export const receivePaymentEvent = verb({
  access: anyone,
  input: z.object({ payload: z.string(), signature: z.string() }),
  run: async ({ services }, { payload, signature }) => {
    const event = services.payments.readEvent(payload, signature, services.clock.now());
    await openTransaction(services, async (tx) => {
      const { count } = await tx.paymentEvent.createMany({
        data: [{ id: event.id, type: event.type, createdAt: services.clock.now() }],
        skipDuplicates: true,
      });
      if (count === 1 && event.about) await enqueue(tx, "payment-event", event.about);
    });
    return { received: true as const };
  },
});

/**
 * What follows from an event. The event itself is not trusted with more than what it is about: events come twice, late
 * and in any order, so how that stands now is asked for.
 */
export async function handlePaymentEvent(
  services: Services,
  { kind, id }: NonNullable<ProviderEvent["about"]>,
): Promise<void> {
  if (kind === "payment") return handlePayment(services, id);
  return kind === "checkout" ? handleCheckout(services, id) : handleCustomer(services, id);
}

async function handlePayment(services: Services, paymentId: string): Promise<void> {
  const { orgId, invoiceId, attempt, ...charge } = await services.payments.readCharge(paymentId);
  // Of something else that the provider's account is used for.
  if (orgId === null || invoiceId === null) return;
  const known = await services.db.prisma.invoice.findUnique({ where: { orgId_id: { orgId, id: invoiceId } } });
  if (known) await recordCharge(services, { orgId, invoiceId }, attempt, charge);
}

async function handleCheckout(services: Services, sessionId: string): Promise<void> {
  const { orgId, customerId, paymentMethodId, tier, complete } = await services.payments.readCheckout(sessionId);
  if (!complete || orgId === null || customerId === null || paymentMethodId === null) return;
  const account = await services.db.prisma.billingAccount.findUnique({ where: { orgId } });
  if (account?.customerId !== customerId) return;
  await services.payments.setPaymentMethod(customerId, paymentMethodId);
  await openTransaction(services, async (tx) => {
    const organization = await lockOrganization(tx, orgId);
    await changePaymentMethod(services, tx, orgId, paymentMethodId);
    const { overdueSince } = await tx.billingAccount.findUniqueOrThrow({ where: { orgId } });
    const chosen = TIERS.find((name) => name === tier);
    if (!chosen || overdueSince !== null || TIERS.indexOf(chosen) <= TIERS.indexOf(organization.tier)) return;
    await setPlan(services, tx, { orgId, tier: chosen as Tier, at: services.clock.now(), actor: system() });
  });
}

async function handleCustomer(services: Services, customerId: string): Promise<void> {
  const account = await services.db.prisma.billingAccount.findUnique({ where: { customerId } });
  if (!account) return;
  const paymentMethodId = await services.payments.readPaymentMethod(customerId);
  await openTransaction(services, async (tx) => {
    await lockOrganization(tx, account.orgId);
    await changePaymentMethod(services, tx, account.orgId, paymentMethodId);
  });
}

async function changePaymentMethod(
  services: Services,
  tx: Transaction,
  orgId: string,
  paymentMethodId: string | null,
): Promise<void> {
  const before = await tx.billingAccount.findUniqueOrThrow({ where: { orgId } });
  if (before.paymentMethodId === paymentMethodId) return;
  await tx.billingAccount.update({ where: { orgId }, data: { paymentMethodId } });
  if (paymentMethodId !== null) await collectAnew(services, tx, orgId);
  await emit(services, tx, {
    ...system(),
    orgId,
    channel: "billing",
    event: paymentMethodId === null ? "billing.payment_method.removed" : "billing.payment_method.changed",
    result: "SUCCESS",
    resourceType: "organization",
    resourceId: orgId,
  });
}

function system() {
  return { actorType: "SYSTEM" as const, actorId: "payments", requestId: null, correlationId: `corr_${newId()}` };
}

/** The provider sends an event again for at most a month. */
const KEPT_MS = 60 * 86_400_000;

export async function sweepPaymentEvents(services: Services): Promise<void> {
  const before = new Date(services.clock.now().getTime() - KEPT_MS);
  await services.db.prisma.paymentEvent.deleteMany({ where: { createdAt: { lt: before } } });
}
