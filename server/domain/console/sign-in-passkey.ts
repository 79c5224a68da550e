import { z } from "zod";
import type { Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import { openTransaction } from "../transaction.ts";
import { validate } from "../verb.ts";
import { type Entered, type Entrance, enter, withPasskey } from "./enter.ts";
import { PasskeyAnswer, type PasskeyQuestion, passkeyQuestion, verifyPasskey } from "./passkeys.ts";
import { recordRefusal } from "./refusal.ts";
import { issueTicket, takeTicket } from "./tickets.ts";

export const ticketToken = z.string().min(1).max(64);

/** Begins a sign-in with a passkey: the browser asks for whichever it knows for this server. */
export async function beginPasskeySignIn(services: Services): Promise<{ ticket: string; options: PasskeyQuestion }> {
  const options = await passkeyQuestion(services);
  const { challenge } = options;
  const question = { purpose: "SIGN_IN", personId: null, method: null, challenge } as const;
  return { ticket: await issueTicket(services, services.db.prisma, question), options };
}

const Input = z.object({ ticket: ticketToken, answer: PasskeyAnswer });

/**
 * Lets a person in by passkey, alone or as the second factor that the ticket asks for. UNAUTHORIZED for a passkey that
 * is unknown, somebody else's, or has signed something else.
 */
export async function signInWithPasskey(
  services: Services,
  input: z.input<typeof Input>,
  entrance: Entrance,
): Promise<Entered> {
  const { ticket: token, answer } = validate(Input, input);
  const outcome = await openTransaction(services, async (tx) => {
    const ticket = await takeTicket(services, tx, token, ["SIGN_IN", "SECOND_FACTOR"]);
    const passkey = await verifyPasskey(services, tx, ticket.challenge ?? "", answer);
    const isSecond = ticket.purpose === "SECOND_FACTOR";
    if (!passkey || (isSecond && passkey.personId !== ticket.personId)) {
      return { refused: ticket.personId ?? passkey?.personId ?? null };
    }
    const person = await tx.person.findUniqueOrThrow({ where: { id: passkey.personId } });
    const method = isSecond && ticket.method ? withPasskey(ticket.method) : "passkey";
    return { entered: await enter(services, tx, person, method, entrance) };
  });
  if (outcome.entered) return outcome.entered;
  if (outcome.refused) await recordRefusal(services, outcome.refused, "WRONG_PASSKEY", entrance.visitor);
  throw new DomainError("UNAUTHORIZED", "This passkey opens nothing here. It may have been removed.", {
    details: { reason: "PASSKEY" },
  });
}
