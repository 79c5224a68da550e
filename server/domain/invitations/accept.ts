import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { Invitation, Person } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import { type Entered, type Entrance, enter } from "../console/enter.ts";
import { hashToken } from "../console/secrets.ts";
import { type Session, startSession } from "../console/sessions.ts";
import type { Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import { displayName } from "../fields.ts";
import type { Role } from "../members/roles.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { findPersonByEmail } from "../people/find.ts";
import { proveAddress } from "../people/prove-address.ts";
import { emit, openTransaction } from "../transaction.ts";
import { validate } from "../verb.ts";

export type InvitationPreview = {
  orgName: string;
  email: string;
  role: Role;
  /** The address has an account, and the link does not prove that it is theirs: they sign in first. */
  signInFirst: boolean;
  /** The address has an account: no name is asked for. */
  known: boolean;
};

/** What an invitation offers, without accepting it: mail scanners open links too. Null for one that is dead. */
export async function inspectInvitation(
  services: Services,
  token: string,
  session: Session | null,
): Promise<InvitationPreview | null> {
  const { prisma } = services.db;
  const invitation = await findByToken(services, prisma, token);
  if (!invitation) return null;
  const [organization, person] = await Promise.all([
    prisma.organization.findUnique({ where: { id: invitation.orgId }, select: { name: true } }),
    findPersonByEmail(prisma, invitation.email),
  ]);
  if (!organization) return null;
  return {
    orgName: organization.name,
    email: invitation.email,
    role: invitation.role as Role,
    signInFirst: person !== null && !provesIdentity(invitation, person, session),
    known: person !== null,
  };
}

const Input = z.object({ token: z.string().min(1).max(64), name: displayName.optional() });

/**
 * Makes whoever holds the link a member and signs them in: all of it, or nothing.
 * UNAUTHORIZED for a link that is unknown, used, revoked or older than seven days; FORBIDDEN (details.reason
 * SIGN_IN_FIRST) where the address has an account that a link passed on by hand must not open.
 *
 * @param knows whether this browser has signed in as the holder of the address before
 */
export async function acceptInvitation(
  services: Services,
  input: z.input<typeof Input>,
  entrance: Entrance,
  knows: (email: string) => boolean,
): Promise<Entered & { isNew: boolean }> {
  const { token, name } = validate(Input, input);
  return openTransaction(services, async (tx) => {
    const found = await findByToken(services, tx, token);
    if (!found) throw deadInvitation();
    await lockOrganization(tx, found.orgId);
    // It may have been accepted or revoked while we waited.
    const invitation = await findByToken(services, tx, token);
    if (!invitation) throw deadInvitation();
    const { person, isNew } = await personOf(services, tx, invitation, name, entrance, knows);
    const memberId = await join(services, tx, invitation, person, entrance);
    if (!isNew) return { ...(await enter(services, tx, person, "invitation", entrance)), isNew };
    const opened = await startSession(services, tx, {
      orgId: invitation.orgId,
      memberId,
      method: "invitation",
      ...entrance,
    });
    return { step: "signed-in", token: opened, email: person.email, isNew };
  });
}

function findByToken(services: Services, db: Transaction, token: string): Promise<Invitation | null> {
  return db.invitation.findFirst({
    where: {
      tokenHash: hashToken(token),
      acceptedAt: null,
      revokedAt: null,
      expiresAt: { gt: services.clock.now() },
    },
  });
}

function deadInvitation(): DomainError {
  return new DomainError(
    "UNAUTHORIZED",
    "This invitation was used, revoked, or is older than seven days. Ask for another.",
    { details: { reason: "INVITATION" } },
  );
}

/** A mailed link shows that its holder reads the address. One that was passed on by hand shows nothing. */
function provesIdentity(invitation: Invitation, person: Person, session: Session | null): boolean {
  return invitation.delivery === "MAIL" || session?.principal.member?.personId === person.id;
}

async function personOf(
  services: Services,
  tx: Transaction,
  invitation: Invitation,
  name: string | undefined,
  { visitor, previous }: Entrance,
  knows: (email: string) => boolean,
): Promise<{ person: Person; isNew: boolean }> {
  const { email, delivery } = invitation;
  // Held, so that the account is not removed with its last membership at this moment.
  await tx.$queryRaw`SELECT id FROM person WHERE email = ${email} FOR UPDATE`;
  const known = await findPersonByEmail(tx, email);
  const now = services.clock.now();
  const proof = delivery === "MAIL" ? now : null;
  if (!known) {
    const data = { id: newId(), email, name: name ?? null, emailVerifiedAt: proof, createdAt: now, updatedAt: now };
    return { person: await tx.person.create({ data }), isNew: true };
  }
  if (!provesIdentity(invitation, known, previous)) {
    throw new DomainError("FORBIDDEN", `${email} has an account here. Sign in with it, then open this link again.`, {
      details: { reason: "SIGN_IN_FIRST" },
    });
  }
  if (!proof) return { person: known, isNew: false };
  const isSame = knows(email) || previous?.principal.member?.personId === known.id;
  return { person: await proveAddress(services, tx, known, isSame, visitor), isNew: false };
}

/** Makes the membership, uses the invitation up, and records it. @returns the member's id */
async function join(
  services: Services,
  tx: Transaction,
  invitation: Invitation,
  person: Person,
  { visitor }: Entrance,
): Promise<string> {
  const { orgId, role } = invitation;
  const now = services.clock.now();
  const member = await tx.member.create({
    data: { orgId, id: newId(), personId: person.id, role, createdAt: now, updatedAt: now },
  });
  await tx.invitation.update({ where: { orgId_id: { orgId, id: invitation.id } }, data: { acceptedAt: now } });
  await emit(services, tx, {
    orgId,
    channel: "org",
    event: "org.member.joined",
    result: "SUCCESS",
    actorType: "USER",
    actorId: member.id,
    resourceType: "member",
    resourceId: member.id,
    requestId: visitor.requestId,
    correlationId: visitor.correlationId,
    data: { role, invitationId: invitation.id },
    personal: { detail: `${person.email} as ${role}`, email: person.email },
  });
  return member.id;
}
