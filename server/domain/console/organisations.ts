import { z } from "zod";
import type { Services } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { membershipsOf } from "../people/find.ts";
import { openTransaction } from "../transaction.ts";
import { validate } from "../verb.ts";
import type { Entered, Entrance } from "./enter.ts";
import { type Session, startSession } from "./sessions.ts";
import { ticketToken } from "./sign-in-passkey.ts";
import { takeTicket } from "./tickets.ts";

const ChooseInput = z.object({ ticket: ticketToken, orgId: id });
const SwitchInput = z.object({ orgId: id });

/** Ends a sign-in of somebody who is a member of several organisations, in the one they chose. */
export async function chooseOrganisation(
  services: Services,
  input: z.input<typeof ChooseInput>,
  { visitor, previous }: Entrance,
): Promise<Extract<Entered, { step: "signed-in" }>> {
  const { ticket: token, orgId } = validate(ChooseInput, input);
  return openTransaction(services, async (tx) => {
    const { personId, method } = await takeTicket(services, tx, token, ["CHOOSE"]);
    if (!personId || !method) throw new TypeError("a choice is somebody's");
    const membership = (await membershipsOf(tx, personId)).find((one) => one.orgId === orgId);
    if (!membership) throw notFound("organization");
    const { email } = await tx.person.findUniqueOrThrow({ where: { id: personId } });
    const { memberId } = membership;
    const opened = await startSession(services, tx, { orgId, memberId, method, visitor, previous });
    return { step: "signed-in", token: opened, email };
  });
}

/** The organisations between which the person of a session can switch. */
export async function organisationsOf(services: Services, session: Session) {
  const { member, orgId, role } = session.principal;
  if (!member) return [{ id: orgId, name: session.orgName, role }];
  const memberships = await membershipsOf(services.db.prisma, member.personId);
  return memberships.map((one) => ({ id: one.orgId, name: one.orgName, role: one.role }));
}

/**
 * Opens a session in another organisation of the person and ends the one that they had.
 * FORBIDDEN for a session of nobody in particular; NOT_FOUND for an organisation that they are no member of.
 */
export async function switchOrganisation(
  services: Services,
  input: z.input<typeof SwitchInput>,
  { visitor, previous }: { visitor: Entrance["visitor"]; previous: Session },
): Promise<string> {
  const { orgId } = validate(SwitchInput, input);
  const { member, since } = previous.principal;
  if (!member) throw new DomainError("FORBIDDEN", "The master key opens its own organisation only.");
  return openTransaction(services, async (tx) => {
    const membership = (await membershipsOf(tx, member.personId)).find((one) => one.orgId === orgId);
    if (!membership) throw notFound("organization");
    const { memberId } = membership;
    return startSession(services, tx, { orgId, memberId, method: previous.method, visitor, previous, since });
  });
}
