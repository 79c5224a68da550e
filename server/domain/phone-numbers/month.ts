import type { Transaction } from "#server/platform/database.ts";
import type { PhoneNumber } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { usedByMeter } from "../billing/budgets.ts";
import { billableUnits, priceOf } from "../billing/money.ts";
import { periodsAt } from "../billing/periods.ts";
import { recordUsage } from "../billing/record-usage.ts";
import type { Services } from "../context.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, openTransaction } from "../transaction.ts";
import { numberEvent } from "./record.ts";

/**
 * Records a number for a month: what the plan includes of them costs nothing, every further one its price. A number that
 * is released stays paid until the month ends, so one that takes its place is a further one of the month.
 * The caller holds the organisation's row.
 */
export async function recordMonth(
  services: Services,
  tx: Transaction,
  number: PhoneNumber,
  of: { eventId: string; timeZone: string },
): Promise<void> {
  const { orgId, agentId } = number;
  const now = services.clock.now();
  const { tier } = await tx.organization.findUniqueOrThrow({ where: { id: orgId }, select: { tier: true } });
  const terms = services.config.plans[tier as Tier].meters.phone_numbers;
  const { day } = periodsAt(now, of.timeZone);
  const { monthUnits: recorded } = await usedByMeter(tx, orgId, "phone_numbers", day);
  const billable = Number(billableUnits(terms, recorded, 1n));
  const micros = priceOf(terms, recorded, 1n);
  const usage = {
    orgId,
    agentId,
    eventId: of.eventId,
    meter: "phone_numbers",
    quantity: 1,
    resourceId: number.id,
  } as const;
  await recordUsage(tx, { ...usage, now, billable, micros, day });
}

const BATCH = 100;

/** Records the numbers that are held in a month that has begun. @returns whether more may wait */
export async function renewNumbers(services: Services): Promise<boolean> {
  // Nowhere is it a later month than a day ahead of UTC.
  const ahead = new Date(services.clock.now().getTime() + 86_400_000);
  const { rows } = await services.db.pool.query<{ org_id: string; id: string }>({
    name: "numbers-to-renew",
    text: `SELECT org_id, id FROM phone_number
      WHERE released_at IS NULL AND paid_month < date_trunc('month', $1::timestamptz AT TIME ZONE 'UTC')::date
      ORDER BY paid_month, org_id, id LIMIT ${BATCH}`,
    values: [ahead],
  });
  let renewed = 0;
  for (const { org_id: orgId, id } of rows) if (await renew(services, orgId, id)) renewed++;
  return rows.length === BATCH && renewed > 0;
}

async function renew(services: Services, orgId: string, id: string): Promise<boolean> {
  return openTransaction(services, async (tx) => {
    const { timeZone } = await lockOrganization(tx, orgId);
    const number = await tx.phoneNumber.findUnique({ where: { orgId_id: { orgId, id } } });
    const month = new Date(`${periodsAt(services.clock.now(), timeZone).month}T00:00:00Z`);
    if (!number || number.releasedAt !== null || number.paidMonth >= month) return false;
    await tx.phoneNumber.update({ where: { orgId_id: { orgId, id } }, data: { paidMonth: month } });
    const by = { actorType: "SYSTEM", actorId: "billing", correlationId: `corr_${newId()}` } as const;
    const eventId = await emit(services, tx, numberEvent(number, "voice.number.renewed", by));
    await recordMonth(services, tx, number, { eventId, timeZone });
    return true;
  });
}
