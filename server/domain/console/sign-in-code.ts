import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { SignInCode } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import type { RootKey } from "#server/platform/root-key.ts";
import type { Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import { id } from "../fields.ts";
import { enqueue } from "../jobs.ts";
import { personEmail } from "../people/email.ts";
import { findPersonByEmail } from "../people/find.ts";
import { proveAddress } from "../people/prove-address.ts";
import { openTransaction } from "../transaction.ts";
import { validate } from "../verb.ts";
import { type Entered, type Entrance, enter } from "./enter.ts";
import { refuseEvenly } from "./even.ts";
import { recordRefusal } from "./refusal.ts";

const VALID_MS = 10 * 60_000;
const MAX_TRIES = 5;
const CODES = 100_000_000;

/**
 * The eight digits of a code. Derived, not stored: neither the database nor a copy of it tells a code.
 * 48 bits of the MAC are taken modulo 10^8, so no code is likelier than another by more than one in 2^21.
 */
export function signInCodeOf(rootKey: RootKey, codeId: string): string {
  const number = rootKey.mac("sign-in code", codeId).readUIntBE(0, 6);
  return String(number % CODES).padStart(8, "0");
}

const RequestInput = z.object({ email: personEmail });

/**
 * Asks for a code by mail. What happens, and what is answered, is the same for every address; only the job that writes
 * the mail looks whether there is somebody. The id goes with the code: whoever guesses wrong closes their own, never
 * the one that somebody else waits for.
 */
export async function requestSignInCode(
  services: Services,
  input: z.input<typeof RequestInput>,
  correlationId: string,
): Promise<{ codeId: string }> {
  const { email } = validate(RequestInput, input);
  if (services.config.relayUrl === null) {
    throw new DomainError("CONFLICT", "This server sends no mail: SMTP_RELAY_URL is not set.");
  }
  const codeId = newId();
  await openTransaction(services, async (tx) => {
    const expiresAt = new Date(services.clock.now().getTime() + VALID_MS);
    await tx.signInCode.create({ data: { id: codeId, email, attempts: 0, expiresAt } });
    await enqueue(tx, "mail-sign-in-code", { codeId, correlationId });
  });
  return { codeId };
}

const CodeInput = z.object({
  codeId: id,
  // As people type it: with a space in the middle, or copied with one behind.
  code: z
    .string()
    .max(20)
    .transform((text) => text.replace(/\s/g, ""))
    .refine((text) => /^\d{8}$/.test(text), "must be the eight digits of the mail."),
});

/**
 * Lets a person in by the code that was mailed to them. UNAUTHORIZED for a wrong one, and for any after the fifth try,
 * ten minutes, or its first use.
 *
 * @param knows whether this browser has signed in as the holder of the address before
 */
export async function signInWithCode(
  services: Services,
  input: z.input<typeof CodeInput>,
  entrance: Entrance,
  knows: (email: string) => boolean,
): Promise<Entered> {
  const { codeId, code } = validate(CodeInput, input);
  return refuseEvenly(async () => {
    const outcome = await openTransaction(services, async (tx) => {
      const asked = await takeTry(services, tx, codeId, code);
      const person = asked && (await findPersonByEmail(tx, asked.row.email));
      if (!person || !asked.right) return { refused: person?.id ?? null };
      const proven = await proveAddress(services, tx, person, knows(person.email), entrance.visitor);
      return { entered: await enter(services, tx, proven, "code", entrance) };
    });
    if (outcome.entered) return outcome.entered;
    if (outcome.refused) await recordRefusal(services, outcome.refused, "WRONG_CODE", entrance.visitor);
    throw new DomainError("UNAUTHORIZED", "This code is wrong, was used, or is older than ten minutes.", {
      details: { reason: "CODE" },
    });
  });
}

/** Counts a try; null for a code that cannot be tried any more. The row is held: tries at one instant take turns. */
async function takeTry(
  services: Services,
  tx: Transaction,
  codeId: string,
  code: string,
): Promise<{ row: SignInCode; right: boolean } | null> {
  await tx.$queryRaw`SELECT id FROM sign_in_code WHERE id = ${codeId} FOR UPDATE`;
  const row = await tx.signInCode.findUnique({ where: { id: codeId } });
  const now = services.clock.now();
  if (!row || row.closedAt || row.expiresAt <= now) return null;
  const attempts = row.attempts + 1;
  const right = timingSafeEqual(Buffer.from(code), Buffer.from(signInCodeOf(services.rootKey, codeId)));
  const closedAt = right || attempts >= MAX_TRIES ? now : null;
  await tx.signInCode.update({ where: { id: codeId }, data: { attempts, closedAt } });
  return { row, right };
}
