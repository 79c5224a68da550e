import type { Transaction } from "#server/platform/database.ts";

/** What came of it: the number was listed, its consents revoked, it said stop itself, or the operator dismissed it. */
export type StopSettled = "LISTED" | "REVOKED" | "OPTED_OUT" | "DISMISSED";

/** Answers whatever a number was heard to ask: it is not asked about again. Call it while the number is held. */
export async function settleStopHeard(
  tx: Transaction,
  orgId: string,
  phoneNumber: string,
  settledBy: StopSettled,
  settledAt: Date,
): Promise<void> {
  await tx.stopHeard.updateMany({ where: { orgId, phoneNumber, settledAt: null }, data: { settledAt, settledBy } });
}
