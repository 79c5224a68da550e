import type { Transaction } from "#server/platform/database.ts";
import type { UsageMeter } from "./meters.ts";
import type { Charge } from "./spend.ts";

type Usage = Charge & {
  orgId: string;
  agentId: string;
  eventId: string;
  meter: UsageMeter;
  quantity: number;
  resourceId: string;
  now: Date;
};

/** Records what was used, under the id of the event that is written with it, by which it is summed. */
export async function recordUsage(tx: Transaction, usage: Usage): Promise<void> {
  const { eventId, now, day, ...fields } = usage;
  await tx.usageRecord.create({
    data: { ...fields, id: eventId, day: new Date(`${day}T00:00:00Z`), createdAt: now },
  });
}
