import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import type { Tier } from "#server/platform/tiers.ts";
import type { Services } from "../context.ts";
import { emit } from "../transaction.ts";
import { setPlan } from "./set.ts";
import { whatMustGo } from "./what-must-go.ts";

/**
 * At a period's end, the plan that was chosen for it. Where more is there than that plan allows, the present one goes on
 * for another month, and is paid for: nothing is deleted or stopped by itself. It is decided once for a period.
 * The caller holds the organisation's row.
 */
export async function applyScheduledPlan(services: Services, tx: Transaction, orgId: string, at: Date): Promise<void> {
  const { scheduledTier, planDeferredAt } = await tx.billingAccount.findUniqueOrThrow({ where: { orgId } });
  if (scheduledTier === null || planDeferredAt?.getTime() === at.getTime()) return;
  const system = {
    actorType: "SYSTEM" as const,
    actorId: "billing",
    requestId: null,
    correlationId: `corr_${newId()}`,
  };
  const mustGo = await whatMustGo(services, tx, orgId, scheduledTier as Tier);
  if (mustGo.length === 0) return setPlan(services, tx, { orgId, tier: scheduledTier as Tier, at, actor: system });
  await tx.billingAccount.update({ where: { orgId }, data: { planDeferredAt: at } });
  await emit(services, tx, {
    ...system,
    orgId,
    channel: "billing",
    event: "billing.plan.change.deferred",
    result: "FAILURE",
    resourceType: "plan",
    resourceId: scheduledTier,
    data: { tier: scheduledTier, mustGo },
  });
}
