import { z } from "zod";
import type { Services } from "../context.ts";
import { DomainError } from "../errors.ts";
import { displayName } from "../fields.ts";
import { createOrganization } from "../organizations/create.ts";
import { lockSetup } from "../organizations/lock.ts";
import { grants } from "../scopes.ts";
import { openTransaction } from "../transaction.ts";
import { validate } from "../verb.ts";
import { operatorsOrganization, useSignInLink } from "./links.ts";
import { refusedSignIn } from "./refusal.ts";
import { type Session, startSession, type Visitor } from "./sessions.ts";

// A server that an operator runs for themselves has no plan to sell.
const OPERATORS_TIER = "ENTERPRISE";

/**
 * Opens a session for the holder of the organisation's master key, and ends the one that the browser had.
 * UNAUTHORIZED for a key that nobody holds; MASTER_KEY_REQUIRED for another kind of key; FORBIDDEN for one
 * that lacks a scope.
 *
 * @returns the token for the cookie
 */
export async function signInWithKey(
  services: Services,
  key: string,
  visitor: Visitor,
  previous: Session | null,
): Promise<string> {
  const principal = await services.directory.principalOf(key.trim());
  if (principal === null) {
    throw new DomainError("UNAUTHORIZED", "This key is unknown, revoked or expired. Check that it was copied whole.");
  }
  const { orgId } = principal;
  if (principal.kind !== "master") {
    throw new DomainError("MASTER_KEY_REQUIRED", "The console opens with the organisation's master key (mk_).", {
      denied: refusedSignIn(orgId, "NOT_A_MASTER_KEY", visitor),
    });
  }
  // A session may do everything, so a key that may not cannot open one.
  if (!grants(principal.scopes, "*")) {
    throw new DomainError("FORBIDDEN", "The console opens with a master key that has all scopes (*).", {
      details: { requiredScope: "*" },
      denied: refusedSignIn(orgId, "NOT_ALL_SCOPES", visitor),
    });
  }
  return openTransaction(services, async (tx) => {
    return startSession(services, tx, { orgId, memberId: null, method: "master_key", visitor, previous });
  });
}

/**
 * Uses a one-time link up and opens the session that it is for.
 * UNAUTHORIZED for a link that is unknown, used, too old, or meant for the setup.
 */
export async function signInWithLink(
  services: Services,
  linkToken: string,
  visitor: Visitor,
  previous: Session | null,
): Promise<string> {
  return openTransaction(services, async (tx) => {
    const orgId = await useSignInLink(services, tx, linkToken, visitor);
    if (orgId === null)
      throw new DomainError("UNAUTHORIZED", "This link is for setting the server up, not for signing in.");
    return startSession(services, tx, { orgId, memberId: null, method: "link", visitor, previous });
  });
}

/**
 * Uses a setup link up, makes the organisation and signs its owner in: all of it, or nothing.
 * UNAUTHORIZED for a link that does not hold; CONFLICT when the server was set up meanwhile.
 *
 * @returns the token for the cookie, and the master key, which nobody can read again
 */
export async function setUpConsole(
  services: Services,
  input: { linkToken: string; name: string },
  visitor: Visitor,
): Promise<{ token: string; masterKey: string }> {
  const { name } = validate(z.object({ name: displayName }), input);
  return openTransaction(services, async (tx) => {
    if ((await useSignInLink(services, tx, input.linkToken, visitor)) !== null) {
      throw new DomainError("UNAUTHORIZED", "This link is for signing in, not for setting the server up.");
    }
    await lockSetup(tx);
    if (await operatorsOrganization(tx)) {
      throw new DomainError("CONFLICT", "This server is set up already. Sign in with the master key.");
    }
    const { organization, masterKey } = await createOrganization(services, tx, {
      name,
      tier: OPERATORS_TIER,
      origin: "SETUP",
      correlationId: visitor.correlationId,
    });
    const token = await startSession(services, tx, {
      orgId: organization.id,
      memberId: null,
      method: "setup",
      visitor,
      previous: null,
    });
    return { token, masterKey };
  });
}
