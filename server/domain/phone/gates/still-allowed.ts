import type { Transaction } from "#server/platform/database.ts";
import type { ErrorCode } from "../../errors.ts";
import type { PhoneChannel } from "./types.ts";

type Waiting = { orgId: string; channel: PhoneChannel; phoneNumber: string; resourceId: string };

/**
 * Why a call or text that has passed the gates must not leave any more: between its acceptance and the carrier's turn the
 * person may have said stop, or the hours may have ended. Null: nothing stands in the way. What has passed no gate is
 * owed (the answer to STOP), and leaves.
 */
export async function refusedSince(
  db: Transaction,
  { orgId, channel, phoneNumber, resourceId }: Waiting,
  now: Date,
): Promise<ErrorCode | null> {
  const attempt = await db.dialAttempt.findFirst({ where: { orgId, phoneNumber, channel, resourceId } });
  if (!attempt) return null;
  const where = { orgId_phoneNumber: { orgId, phoneNumber } };
  if ((await db.optOut.findUnique({ where })) || (await db.doNotCall.findUnique({ where }))) return "DO_NOT_CALL";
  const revocation = await db.consentRevocation.findUnique({ where });
  if (revocation && revocation.revokedAt >= attempt.at) return "CONSENT_REQUIRED";
  return attempt.leavesBy && now >= attempt.leavesBy ? "OUTSIDE_CALLING_HOURS" : null;
}
