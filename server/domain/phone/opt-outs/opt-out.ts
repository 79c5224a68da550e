import type { EventInput } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Services } from "../../context.ts";
import { emit } from "../../transaction.ts";
import type { PhoneChannel } from "../gates/types.ts";
import { lockNumber } from "../lock-number.ts";

/** Who says it, in which chain: of the message or call that it was said in. */
type Origin = Pick<EventInput, "orgId" | "agentId" | "actorType" | "actorId" | "correlationId"> &
  Partial<Pick<EventInput, "parentId" | "requestId" | "resourceType" | "resourceId">>;

/**
 * Somebody says stop: from now on no agent of the organisation calls or texts the number, until it is lifted.
 *
 * @param word the keyword, as it was written
 * @returns whether it is new: then it is answered, once
 */
export async function optOut(
  services: Services,
  tx: Transaction,
  origin: Origin,
  { phoneNumber, channel, word }: { phoneNumber: string; channel: PhoneChannel; word: string | null },
): Promise<boolean> {
  const { orgId } = origin;
  await lockNumber(tx, orgId, phoneNumber);
  const { count } = await tx.optOut.createMany({
    data: { orgId, phoneNumber, channel, word, agentId: origin.agentId ?? null, createdAt: services.clock.now() },
    skipDuplicates: true,
  });
  if (count === 0) return false;
  await emit(services, tx, {
    ...origin,
    channel,
    event: `${channel}.opted_out`,
    result: "SUCCESS",
    direction: "INBOUND",
    data: { word },
    personal: { phoneNumber, detail: phoneNumber },
  });
  return true;
}

/**
 * Lifts it: the person said start, or the operator knows that they want it.
 *
 * @returns whether there was one
 */
export async function liftOptOut(
  services: Services,
  tx: Transaction,
  origin: Origin,
  { phoneNumber, word }: { phoneNumber: string; word: string | null },
): Promise<boolean> {
  const { orgId } = origin;
  await lockNumber(tx, orgId, phoneNumber);
  const { count } = await tx.optOut.deleteMany({ where: { orgId, phoneNumber } });
  if (count === 0) return false;
  await emit(services, tx, {
    ...origin,
    channel: "sms",
    event: "sms.opted_in",
    result: "SUCCESS",
    data: { word },
    personal: { phoneNumber, detail: phoneNumber },
  });
  return true;
}
