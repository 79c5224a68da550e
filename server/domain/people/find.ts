import type { Transaction } from "#server/platform/database.ts";
import type { Person } from "#server/platform/generated/client.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import type { Role } from "../members/roles.ts";

export type Membership = { orgId: string; orgName: string; memberId: string; role: Role };

// A person is in a few organisations; a list without an end would be a way to slow a sign-in down.
const MAX_MEMBERSHIPS = 100;

export function findPersonByEmail(db: Transaction, email: string): Promise<Person | null> {
  return db.person.findUnique({ where: { email } });
}

/** Where a person is a member, in the order in which they joined. */
export async function membershipsOf(db: Transaction, personId: string): Promise<Membership[]> {
  const members = await db.member.findMany({
    where: { personId },
    orderBy: { id: "asc" },
    take: MAX_MEMBERSHIPS,
  });
  const organizations = await db.organization.findMany({
    where: { id: { in: members.map((member) => member.orgId) } },
    select: { id: true, name: true },
  });
  const names = new Map(organizations.map(({ id, name }) => [id, name]));
  return members.map(({ orgId, id, role }) => ({
    orgId,
    orgName: names.get(orgId) ?? orgId,
    memberId: id,
    role: role as Role,
  }));
}

/** The person who acts. FORBIDDEN for a session that was opened with the master key or a link: it is nobody's. */
export async function findSelf(ctx: Context, db: Transaction): Promise<Person> {
  const { principal } = ctx;
  const member = principal.kind === "console" ? principal.member : null;
  if (!member) {
    throw new DomainError("FORBIDDEN", "You are signed in with the master key, so there is no account to change.");
  }
  return db.person.findUniqueOrThrow({ where: { id: member.personId } });
}
