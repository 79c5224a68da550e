import type { Transaction } from "#server/platform/database.ts";
import { DomainError } from "../errors.ts";
import { nameCandidates } from "../inboxes/address.ts";

// Slugs are checked while the organisation's row is held, so a free one stays free until the transaction ends.

/** CONFLICT when another agent of the organisation, also a deleted one, has the slug. */
export async function requireFreeSlug(tx: Transaction, orgId: string, slug: string): Promise<void> {
  if (!(await isTaken(tx, orgId, slug))) return;
  throw new DomainError("CONFLICT", "slug: another agent of this organisation has it. Choose another one.", {
    details: { field: "slug" },
  });
}

/** The wanted slug or, where it is taken, the same with a number. */
export async function freeSlug(tx: Transaction, orgId: string, wanted: string): Promise<string> {
  for (const candidate of nameCandidates(wanted)) if (!(await isTaken(tx, orgId, candidate))) return candidate;
  throw new Error(`no free slug was found near ${wanted}`);
}

async function isTaken(tx: Transaction, orgId: string, slug: string): Promise<boolean> {
  const holder = await tx.agent.findUnique({ where: { orgId_slug: { orgId, slug } }, select: { id: true } });
  return holder !== null;
}
