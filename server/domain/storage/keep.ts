import type { Transaction } from "#server/platform/database.ts";
import type { Plans } from "#server/platform/tiers.ts";

/** A GB is 1,000,000,000 bytes. */
export const GB = 1_000_000_000;

/**
 * Counts bytes of files that this transaction stores (or, below zero, deletes) where nothing may be refused: mail that
 * comes in. What may be refused calls keep_bytes with a limit; see email/accept.ts.
 */
export async function keepBytes(tx: Transaction, orgId: string, bytes: number): Promise<void> {
  await tx.$queryRaw`SELECT keep_bytes(${orgId}, ${bytes}::bigint, NULL)`;
}

/**
 * Bytes of files that an organisation has: the sources of mail that came in, and attachments, each file once, however
 * often it is passed on. Texts and everything else in the database do not count.
 */
export async function storedBytes(db: Transaction, orgId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ bytes: bigint }[]>`SELECT coalesce(sum(bytes), 0)::bigint AS bytes
    FROM stored_bytes WHERE org_id = ${orgId}`;
  return Number(row?.bytes ?? 0n);
}

/** How many bytes each plan allows, as JSON: no member where it allows any number. */
export function storageLimits(plans: Plans): string {
  const limits = Object.entries(plans).flatMap(([tier, { meters }]) =>
    meters.storage_gb.quota === null ? [] : [[tier, meters.storage_gb.quota * GB]],
  );
  return JSON.stringify(Object.fromEntries(limits));
}
