import type { Transaction } from "#server/platform/database.ts";
import type { Meter } from "#server/platform/tiers.ts";
import type { Services } from "../context.ts";
import { emit } from "../transaction.ts";
import { spendIn } from "./spend.ts";

type Recorded = { agentId: string; meter: Meter; quantity: number; billable: number; micros: bigint; day: string };

/**
 * Takes back what was recorded for something that is not charged after all, by a record of the opposite and an event of
 * its own; the record itself stays. The units go back to the periods that they were spent from, as far as those are not
 * over. Charged units go back before included ones; of a month that is over, exactly what was recorded.
 *
 * @param recordId the id of the record, which is that of the event that it was written with
 * @returns false where there is none of that meter, or it was taken back before
 */
export async function reverseUsage(
  services: Services,
  tx: Transaction,
  of: { orgId: string; recordId: string; meter: Meter; resourceId: string; correlationId: string },
  reason: string,
): Promise<boolean> {
  const { orgId, recordId, meter, resourceId, correlationId } = of;
  const [record] = await tx.$queryRaw<
    Recorded[]
  >`SELECT agent_id AS "agentId", meter, quantity, billable, micros, day::text
    FROM usage_record u WHERE org_id = ${orgId} AND id = ${recordId} AND meter = ${meter} AND quantity > 0
      AND NOT EXISTS (SELECT 1 FROM usage_record r WHERE r.org_id = u.org_id AND r.reverses = u.id AND r.meter = u.meter)`;
  if (!record) return false;
  const { agentId, quantity, day } = record;
  // What was accepted before there were budgets is in none.
  const [budget] = await tx.$queryRaw<
    unknown[]
  >`SELECT 1 FROM budget WHERE org_id = ${orgId} AND scope = '' AND meter = ${meter}`;
  const given = budget ? await spendIn(tx, { orgId, agentId, meter, units: -quantity, day }) : null;
  const isOver = given?.day.slice(0, 7) !== day.slice(0, 7);
  const billable = given && !isOver ? given.billable : -record.billable;
  const micros = given && !isOver ? given.micros : -record.micros;
  const id = await emit(services, tx, {
    orgId,
    channel: "billing",
    event: "billing.usage.reversed",
    result: "SUCCESS",
    agentId,
    actorType: "SYSTEM",
    actorId: "billing",
    resourceType: "message",
    resourceId,
    parentId: recordId,
    correlationId,
    data: { meter, quantity: -quantity, billable, micros: Number(micros), reason },
  });
  await tx.$executeRaw`INSERT INTO usage_record
      (org_id, id, agent_id, meter, quantity, billable, micros, day, resource_id, reverses, created_at)
    VALUES (${orgId}, ${id}, ${agentId}, ${meter}, ${-quantity}, ${billable}, ${micros}, ${day}::date, ${resourceId},
      ${recordId}, ${services.clock.now()})`;
  return true;
}
