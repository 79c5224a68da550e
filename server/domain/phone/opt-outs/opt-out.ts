import type { EventInput } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Services } from "../../context.ts";
import { emit } from "../../transaction.ts";
import type { PhoneChannel } from "../gates/types.ts";
import { lockNumber } from "../lock-number.ts";
import { settleStopHeard } from "../stop-heard/settle.ts";

/** Who says it, in which chain: of the message or call that it was said in. */
type Origin = Pick<EventInput, "orgId" | "agentId" | "actorType" | "actorId" | "correlationId"> &
  Partial<Pick<EventInput, "parentId" | "requestId" | "resourceType" | "resourceId">>;

type Said = {
  phoneNumber: string;
  channel: PhoneChannel;
  /** The keyword, as it was written. */
  word: string | null;
  /** The organisation's number that it was said to. */
  ownNumber: string | null;
};

/**
 * Somebody says stop: from now on no agent of the organisation calls or texts the number, until it is lifted.
 *
 * @returns whether it is new: then it is answered, once
 */
export async function optOut(
  services: Services,
  tx: Transaction,
  origin: Origin,
  { phoneNumber, channel, word, ownNumber }: Said,
): Promise<boolean> {
  const { orgId, agentId = null, correlationId } = origin;
  const createdAt = services.clock.now();
  await lockNumber(tx, orgId, phoneNumber);
  await settleStopHeard(tx, orgId, phoneNumber, "OPTED_OUT", createdAt);
  const { count } = await tx.optOut.createMany({
    data: { orgId, phoneNumber, channel, word, agentId, ownNumber, correlationId, createdAt },
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
