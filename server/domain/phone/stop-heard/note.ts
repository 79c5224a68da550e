import type { Transaction } from "#server/platform/database.ts";
import type { Call, StopHeard } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { PhoneChannel } from "../gates/types.ts";
import { lockNumber } from "../lock-number.ts";

/** What somebody said in a call, or wrote in a text, that sounds like "stop". */
type Plea = Omit<StopHeard, "id" | "settledAt" | "settledBy"> & { channel: PhoneChannel };

/** A plea of the person that a call is with. */
export function saidIn(call: Call, words: string, heardAt: Date): Plea {
  const { orgId, id: resourceId, agentId, correlationId } = call;
  const [phoneNumber, ownNumber] =
    call.direction === "INBOUND" ? [call.fromNumber, call.toNumber] : [call.toNumber, call.fromNumber];
  return { channel: "voice", orgId, resourceId, agentId, correlationId, phoneNumber, ownNumber, words, heardAt };
}

/** Keeps a plea for the operator to act on; not where no call or text can reach the person anyway. */
export async function noteStopHeard(tx: Transaction, plea: Plea): Promise<void> {
  const { orgId, phoneNumber } = plea;
  await lockNumber(tx, orgId, phoneNumber);
  const key = { orgId_phoneNumber: { orgId, phoneNumber } };
  if (await tx.doNotCall.findUnique({ where: key })) return;
  if (await tx.optOut.findUnique({ where: key })) return;
  await tx.stopHeard.create({ data: { ...plea, id: newId() } });
}
