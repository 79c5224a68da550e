import type { Transaction } from "#server/platform/database.ts";
import type { Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import { hashToken, newToken } from "./secrets.ts";
import type { SignInMethod } from "./sessions.ts";

const VALID_MS = 10 * 60_000;

type Purpose = "SIGN_IN" | "SECOND_FACTOR" | "CHOOSE" | "REGISTER";

/** What a browser has begun and may finish once, within ten minutes. */
export type Ticket = {
  purpose: Purpose;
  /** Null as long as nobody has said who they are. */
  personId: string | null;
  /** How the person has signed in so far. */
  method: SignInMethod | null;
  /** What a passkey has to sign. */
  challenge: string | null;
};

/** @returns the token for the browser, which nobody can read again */
export async function issueTicket(services: Services, db: Transaction, ticket: Ticket): Promise<string> {
  const token = newToken();
  const expiresAt = new Date(services.clock.now().getTime() + VALID_MS);
  await db.consoleTicket.create({ data: { ...ticket, tokenHash: hashToken(token), expiresAt } });
  return token;
}

/** Takes a ticket, in the caller's transaction: of two at the same instant one gets it. UNAUTHORIZED for one that is gone. */
export async function takeTicket(
  services: Services,
  tx: Transaction,
  token: string,
  purposes: readonly Purpose[],
): Promise<Ticket> {
  const [ticket] = await tx.$queryRaw<(Ticket & { expiresAt: Date })[]>`
    DELETE FROM console_ticket WHERE token_hash = ${hashToken(token)}
    RETURNING purpose, person_id AS "personId", method, challenge, expires_at AS "expiresAt"`;
  if (!ticket || ticket.expiresAt <= services.clock.now() || !purposes.includes(ticket.purpose)) {
    throw new DomainError("UNAUTHORIZED", "This took longer than ten minutes, or was done already. Begin again.", {
      details: { reason: "TICKET" },
    });
  }
  return ticket;
}
