import type { Transaction } from "#server/platform/database.ts";
import type { Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import { refusedSignIn } from "./refusal.ts";
import { hashToken, newToken } from "./secrets.ts";
import type { Visitor } from "./sessions.ts";

const LINK_MINUTES = 15;

/**
 * Makes a link that opens the console once, within 15 minutes.
 *
 * @param orgId whom it signs in; null: it leads to the page that makes the first organisation
 * @returns the absolute address, which nobody can read again
 */
export async function createSignInLink(services: Services, orgId: string | null): Promise<string> {
  const token = newToken();
  const expiresAt = new Date(services.clock.now().getTime() + LINK_MINUTES * 60_000);
  await services.db.prisma.signInLink.create({ data: { tokenHash: hashToken(token), orgId, expiresAt } });
  return `${services.config.publicUrl}/sign-in/link?token=${token}`;
}

/** The link that the server shows when it starts: into the operator's organisation, or to its setup when there is none. */
export async function createStartLink(services: Services): Promise<{ url: string; purpose: "sign-in" | "setup" }> {
  const organization = await operatorsOrganization(services.db.prisma);
  const url = await createSignInLink(services, organization?.id ?? null);
  return { url, purpose: organization ? "sign-in" : "setup" };
}

/** The first organisation that the operator made, not one that an agent signed up. */
export function operatorsOrganization(tx: Transaction): Promise<{ id: string } | null> {
  return tx.organization.findFirst({
    where: { origin: { in: ["SETUP", "INIT"] } },
    orderBy: { id: "asc" },
    select: { id: true },
  });
}

/** What a link would do, without using it up: mail scanners and link previews open links too. */
export async function inspectSignInLink(services: Services, token: string): Promise<"sign-in" | "setup" | "dead"> {
  const link = await services.db.prisma.signInLink.findUnique({ where: { tokenHash: hashToken(token) } });
  if (!link || link.usedAt || link.expiresAt <= services.clock.now()) return "dead";
  return link.orgId === null ? "setup" : "sign-in";
}

/**
 * Uses a link up, in the caller's transaction: of two at the same instant one gets it.
 * UNAUTHORIZED for a link that is unknown, used or too old.
 *
 * @returns the organisation that it signs in to; null for setup
 */
export async function useSignInLink(
  services: Services,
  tx: Transaction,
  token: string,
  visitor: Visitor,
): Promise<string | null> {
  const now = services.clock.now();
  const tokenHash = hashToken(token);
  const { count } = await tx.signInLink.updateMany({
    where: { tokenHash, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  if (count === 0) throw await deadLink(tx, tokenHash, visitor);
  const link = await tx.signInLink.findUniqueOrThrow({ where: { tokenHash } });
  return link.orgId;
}

async function deadLink(tx: Transaction, tokenHash: Uint8Array<ArrayBuffer>, visitor: Visitor): Promise<DomainError> {
  const link = await tx.signInLink.findUnique({ where: { tokenHash } });
  const reason = link?.usedAt ? "USED" : link ? "EXPIRED" : "UNKNOWN";
  return new DomainError(
    "UNAUTHORIZED",
    "This link was used already or is older than 15 minutes. Sign in with the master key, or restart the server for another link.",
    { details: { reason }, ...(link?.orgId ? { denied: refusedSignIn(link.orgId, `LINK_${reason}`, visitor) } : {}) },
  );
}
