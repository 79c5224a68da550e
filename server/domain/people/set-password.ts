import { z } from "zod";
import { hashPassword, verifyPassword } from "#server/platform/password-hash.ts";
import type { Context } from "../context.ts";
import { invalidField } from "../errors.ts";
import { inTransaction, reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findSelf } from "./find.ts";
import { requireFresh } from "./fresh.ts";
import { ownAccount } from "./profile.ts";
import { recordForPerson } from "./record.ts";
import { endSessionsOfPerson } from "./sessions.ts";

// NIST SP 800-63B-4 section 3.1.1.2: length counts, rules of composition do not.
const MIN_LENGTH = 12;
const MAX_LENGTH = 256;

const newPassword = z
  .string()
  .max(MAX_LENGTH, `must have at most ${MAX_LENGTH} characters.`)
  .refine((text) => [...text].length >= MIN_LENGTH, `must have at least ${MIN_LENGTH} characters.`)
  .refine((text) => new Set(text).size >= 5, "repeats too few characters.");

/**
 * Sets or changes the person's password, and ends their other sessions. Needs the one they have, or a sign-in within
 * the last 30 minutes: who forgot it signs in by code.
 */
export const setPassword = verb({
  access: ownAccount,
  effect: "self",
  input: z.object({ current: z.string().max(512).optional(), password: newPassword }),
  run: async (ctx, input) => {
    const person = await findSelf(ctx, reader(ctx));
    if (input.password.toLowerCase().includes(person.email)) {
      throw invalidField("password", "must not contain your e-mail address.");
    }
    if (input.current) await requireCurrent(person.passwordHash, input.current);
    else requireFresh(ctx);
    await writePassword(ctx, person.id, await hashPassword(input.password), "console.password.changed");
    return { hasPassword: true };
  },
});

/** Takes the person's password away: they sign in by code or passkey from then on. */
export const removePassword = verb({
  access: ownAccount,
  effect: "self",
  input: z.object({}),
  run: async (ctx) => {
    requireFresh(ctx);
    const person = await findSelf(ctx, reader(ctx));
    if (person.passwordHash !== null) await writePassword(ctx, person.id, null, "console.password.removed");
    return { hasPassword: false };
  },
});

async function requireCurrent(hash: string | null, current: string): Promise<void> {
  if (!(await verifyPassword(hash, current))) throw invalidField("current", "is not your password.");
}

function writePassword(ctx: Context, personId: string, passwordHash: string | null, event: string): Promise<void> {
  const { services, principal } = ctx;
  return inTransaction(ctx, async (tx) => {
    await tx.person.update({ where: { id: personId }, data: { passwordHash, updatedAt: services.clock.now() } });
    await endSessionsOfPerson(services, tx, personId, principal.kind === "console" ? principal.sessionId : "");
    const { email } = await tx.person.findUniqueOrThrow({ where: { id: personId } });
    await recordForPerson(services, tx, personId, ctx, {
      event,
      result: "SUCCESS",
      actor: "self",
      personal: { detail: email },
    });
  });
}
