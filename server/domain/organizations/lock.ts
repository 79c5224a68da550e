import type { Transaction } from "#server/platform/database.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { notFound } from "../errors.ts";

type LockedOrganization = {
  tier: Tier;
  status: string;
  timeZone: string;
  ownership: string;
  humanEmail: string | null;
};

/**
 * Holds the organisation's row until the transaction ends, so that what is counted or checked meanwhile (agents of the
 * plan, slugs, keys, tries of a code) cannot change under it. For rare writes only: sending never takes it.
 */
export async function lockOrganization(tx: Transaction, orgId: string): Promise<LockedOrganization> {
  const [row] = await tx.$queryRaw<LockedOrganization[]>`
    SELECT tier, status, time_zone AS "timeZone", ownership, human_email AS "humanEmail" FROM organization WHERE id = ${orgId} FOR UPDATE`;
  if (!row) throw notFound("organization");
  return row;
}

/**
 * Holds, until the transaction ends, the right to make the operator's organisation. The setup page and the environment
 * both take it: two at the same instant must not make two.
 */
export async function lockSetup(tx: Transaction): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtext('anima setup'))::text`;
}
