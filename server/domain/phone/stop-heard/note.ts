import type { Transaction } from "#server/platform/database.ts";
import type { Call } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import { lockNumber } from "../lock-number.ts";

/** Keeps what somebody said in a call, for the operator to act on; not where no call or text can reach them anyway. */
export async function noteStopHeard(tx: Transaction, call: Call, words: string, heardAt: Date): Promise<void> {
  const { orgId, id: callId, agentId, correlationId } = call;
  const [phoneNumber, ownNumber] =
    call.direction === "INBOUND" ? [call.fromNumber, call.toNumber] : [call.toNumber, call.fromNumber];
  await lockNumber(tx, orgId, phoneNumber);
  const key = { orgId_phoneNumber: { orgId, phoneNumber } };
  if (await tx.doNotCall.findUnique({ where: key })) return;
  if (await tx.optOut.findUnique({ where: key })) return;
  await tx.stopHeard.create({
    data: { orgId, id: newId(), callId, agentId, phoneNumber, ownNumber, words, correlationId, heardAt },
  });
}
