import type { Transaction } from "#server/platform/database.ts";
import type { Member, Person } from "#server/platform/generated/client.ts";
import { type Context, orgOf } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";

/** A member of the caller's organisation with their person. NOT_FOUND. */
export async function findMember(ctx: Context, tx: Transaction, id: string): Promise<{ row: Member; person: Person }> {
  const row = await tx.member.findUnique({ where: { orgId_id: { orgId: orgOf(ctx), id } } });
  const person = row && (await tx.person.findUnique({ where: { id: row.personId } }));
  if (!row || !person) throw notFound("member");
  return { row, person };
}

/**
 * CONFLICT when a member takes away the last owner, be it themselves: those who are left could not undo it. Whoever
 * holds the master key or a link may: what they hold opens the console as an owner, and goes on doing so (the last
 * master key cannot be revoked). The caller holds the organisation's row.
 */
export async function requireAnotherOwner(ctx: Context, tx: Transaction, owner: Member): Promise<void> {
  if (ctx.principal.kind !== "console" || ctx.principal.member === null) return;
  const other = await tx.member.findFirst({
    where: { orgId: owner.orgId, role: "OWNER", id: { not: owner.id } },
    select: { id: true },
  });
  if (other) return;
  throw new DomainError(
    "CONFLICT",
    "This is the last owner among the members. Make another member owner first, or sign in with the master key.",
    { details: { resource: "member", id: owner.id } },
  );
}
