import type { Transaction } from "#server/platform/database.ts";
import type { Organization } from "#server/platform/generated/client.ts";
import { type Context, orgOf } from "../context.ts";
import { notFound } from "../errors.ts";

/** The caller's organisation, when that is the one it names. NOT_FOUND for any other. */
export async function findOwnOrganization(ctx: Context, db: Transaction, id: string): Promise<Organization> {
  const organization = id === orgOf(ctx) ? await db.organization.findUnique({ where: { id } }) : null;
  if (!organization) throw notFound("organization");
  return organization;
}
