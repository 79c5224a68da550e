import type { ActorType } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { applyPlan } from "../billing/budgets.ts";
import type { Services } from "../context.ts";
import { emit } from "../transaction.ts";

type Change = {
  orgId: string;
  tier: Tier;
  /** From when on it is charged and includes what it includes. */
  at: Date;
  actor: { actorType: ActorType; actorId: string; requestId: string | null; correlationId: string };
};

/**
 * The one way to another plan: the history by which it is charged, what is scheduled, limits and prices, the event.
 * The caller holds the organisation's row.
 */
export async function setPlan(services: Services, tx: Transaction, { orgId, tier, at, actor }: Change): Promise<void> {
  const { tier: before } = await tx.organization.findUniqueOrThrow({ where: { id: orgId }, select: { tier: true } });
  // Two changes at one instant: the later one counts from a millisecond after.
  const last = await tx.planSpan.findFirst({ where: { orgId }, orderBy: { fromAt: "desc" } });
  const fromAt = last && last.fromAt >= at ? new Date(last.fromAt.getTime() + 1) : at;
  await tx.planSpan.create({ data: { orgId, fromAt, tier } });
  await tx.organization.update({ where: { id: orgId }, data: { tier, updatedAt: services.clock.now() } });
  await tx.billingAccount.update({ where: { orgId }, data: { scheduledTier: null } });
  await applyPlan(services, tx, orgId);
  await emit(services, tx, {
    ...actor,
    orgId,
    channel: "org",
    event: "org.plan.changed",
    result: "SUCCESS",
    resourceType: "organization",
    resourceId: orgId,
    data: { before, after: tier, from: fromAt.toISOString() },
    personal: { detail: `${before} to ${tier}` },
  });
}
