import { z } from "zod";
import { hashPassword, needsRehash, verifyPassword } from "#server/platform/password-hash.ts";
import type { Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import { personEmail } from "../people/email.ts";
import { findPersonByEmail } from "../people/find.ts";
import { openTransaction } from "../transaction.ts";
import { validate } from "../verb.ts";
import { type Entered, type Entrance, enter } from "./enter.ts";
import { refuseEvenly } from "./even.ts";
import { recordRefusal } from "./refusal.ts";

const Input = z.object({ email: personEmail, password: z.string().min(1, "is needed.").max(512) });

/**
 * Lets a person in by password. UNAUTHORIZED, in the same words and after the same time, whether there is no such
 * person, they have no password, or it is another one.
 */
export async function signInWithPassword(
  services: Services,
  input: z.input<typeof Input>,
  entrance: Entrance,
): Promise<Entered> {
  const { email, password } = validate(Input, input);
  return refuseEvenly(async () => {
    const person = await findPersonByEmail(services.db.prisma, email);
    const right = await verifyPassword(person?.passwordHash ?? null, password);
    if (!person || !right) {
      if (person) await recordRefusal(services, person.id, "WRONG_PASSWORD", entrance.visitor);
      throw new DomainError("UNAUTHORIZED", "There is no account with this e-mail address and password.");
    }
    const stronger = person.passwordHash && needsRehash(person.passwordHash) ? await hashPassword(password) : null;
    return openTransaction(services, async (tx) => {
      // Only in place of the hash that was verified: a password that is changed at this moment stays changed.
      if (stronger) {
        const where = { id: person.id, passwordHash: person.passwordHash };
        await tx.person.updateMany({ where, data: { passwordHash: stronger } });
      }
      return enter(services, tx, person, "password", entrance);
    });
  });
}
