import type { Transaction } from "#server/platform/database.ts";
import type { Person } from "#server/platform/generated/client.ts";
import type { Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import type { Role } from "../members/roles.ts";
import { membershipsOf } from "../people/find.ts";
import { type PasskeyQuestion, passkeyQuestion } from "./passkeys.ts";
import { type Session, type SignInMethod, startSession, type Visitor } from "./sessions.ts";
import { issueTicket } from "./tickets.ts";

/** How far a sign-in has come: there, or at a question that the browser has to answer with the ticket. */
export type Entered =
  | { step: "signed-in"; token: string; email: string }
  | { step: "second-factor"; ticket: string; options: PasskeyQuestion }
  | { step: "organisation"; ticket: string; organisations: { id: string; name: string; role: Role }[] };

/** Who signs in, from where, and the session that the browser had. */
export type Entrance = { visitor: Visitor; previous: Session | null };

const WITH_PASSKEY: Partial<Record<SignInMethod, SignInMethod>> = {
  password: "password_and_passkey",
  code: "code_and_passkey",
  invitation: "invitation_and_passkey",
};

/** The method after its second factor. */
export function withPasskey(method: SignInMethod): SignInMethod {
  return WITH_PASSKEY[method] ?? method;
}

/**
 * Lets a person in who has shown who they are: asks for a passkey where they have switched the second factor on, and
 * which organisation where they are a member of several. UNAUTHORIZED for a member of none.
 */
export async function enter(
  services: Services,
  tx: Transaction,
  person: Person,
  method: SignInMethod,
  { visitor, previous }: Entrance,
): Promise<Entered> {
  if (person.secondFactor && WITH_PASSKEY[method]) return askForPasskey(services, tx, person, method);
  const memberships = await membershipsOf(tx, person.id);
  const [only, ...others] = memberships;
  if (!only) throw new DomainError("UNAUTHORIZED", "You are no longer a member of any organisation here.");
  if (others.length > 0) {
    const ticket = await issueTicket(services, tx, { purpose: "CHOOSE", personId: person.id, method, challenge: null });
    const organisations = memberships.map(({ orgId, orgName, role }) => ({ id: orgId, name: orgName, role }));
    return { step: "organisation", ticket, organisations };
  }
  const { orgId, memberId } = only;
  const token = await startSession(services, tx, { orgId, memberId, method, visitor, previous });
  return { step: "signed-in", token, email: person.email };
}

async function askForPasskey(
  services: Services,
  tx: Transaction,
  person: Person,
  method: SignInMethod,
): Promise<Entered> {
  const passkeys = await tx.passkey.findMany({ where: { personId: person.id } });
  const options = await passkeyQuestion(services, passkeys);
  const { challenge } = options;
  const ticket = await issueTicket(services, tx, { purpose: "SECOND_FACTOR", personId: person.id, method, challenge });
  return { step: "second-factor", ticket, options };
}
