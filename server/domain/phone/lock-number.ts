import type { Transaction } from "#server/platform/database.ts";

/**
 * Holds a number for an organisation until the transaction ends: what is being accepted for it, and what people say of
 * it (stop, consent, revocation), come one after the other.
 */
export async function lockNumber(tx: Transaction, orgId: string, phoneNumber: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`phone number ${orgId} ${phoneNumber}`}, 0))::text`;
}
