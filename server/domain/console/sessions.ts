import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import type { Tier } from "#server/platform/tiers.ts";
import type { Context, Principal, Services } from "../context.ts";
import { emit } from "../transaction.ts";
import { hashToken, newToken } from "./secrets.ts";

const IDLE_HOURS = 12;
const LIFETIME_DAYS = 30;
const HOUR_MS = 3_600_000;
/** How long a browser may keep the cookie. */
export const SESSION_SECONDS = LIFETIME_DAYS * 24 * 3_600;
const TOUCH_INTERVAL_MS = 60_000;

type ConsolePrincipal = Extract<Principal, { kind: "console" }>;
export type Session = { principal: ConsolePrincipal; orgName: string; tokenHash: Uint8Array<ArrayBuffer> };

/** How somebody came to a session; part of the audit event. */
type SignInMethod = "master_key" | "link" | "setup";

/** Who asks to sign in: goes to the erasable part of the event. */
export type Visitor = { address: string; userAgent: string | null; requestId: string | null; correlationId: string };

/**
 * Opens a session in the caller's transaction and records it.
 *
 * @returns the token for the cookie, which nobody can read again
 */
export async function startSession(
  services: Services,
  tx: Transaction,
  input: { orgId: string; method: SignInMethod; visitor: Visitor },
): Promise<string> {
  const { orgId, method, visitor } = input;
  const token = newToken();
  const id = newId();
  const now = services.clock.now();
  await tx.session.create({
    data: {
      tokenHash: hashToken(token),
      id,
      orgId,
      userAgent: visitor.userAgent?.slice(0, 300) ?? null,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + SESSION_SECONDS * 1000),
    },
  });
  await emit(services, tx, {
    orgId,
    channel: "console",
    event: "console.session.started",
    result: "SUCCESS",
    actorType: "USER",
    actorId: id,
    resourceType: "session",
    resourceId: id,
    requestId: visitor.requestId,
    correlationId: visitor.correlationId,
    data: { method },
    personal: { detail: `Signed in from ${visitor.address}`, address: visitor.address },
  });
  return token;
}

type SessionRow = { id: string; orgId: string; tier: string; orgName: string; lastSeenAt: Date };

/**
 * The session of a cookie; null when it is unknown, revoked, older than 30 days, or was idle for 12 hours.
 *
 * @param touch whether this counts as use. A stream that merely stays open must not keep a session alive.
 */
export async function findSession(
  services: Services,
  token: string | undefined,
  touch: boolean,
): Promise<Session | null> {
  if (token === undefined || token === "") return null;
  const tokenHash = hashToken(token);
  const now = services.clock.now();
  const idleSince = new Date(now.getTime() - IDLE_HOURS * HOUR_MS);
  const { rows } = await services.db.pool.query<SessionRow>({
    name: "console-session",
    text: `SELECT s.id, s.org_id AS "orgId", o.tier, o.name AS "orgName", s.last_seen_at AS "lastSeenAt"
      FROM session s JOIN organization o ON o.id = s.org_id
      WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.last_seen_at > $3`,
    values: [tokenHash, now, idleSince],
  });
  const row = rows[0];
  if (!row) return null;
  if (touch && now.getTime() - row.lastSeenAt.getTime() >= TOUCH_INTERVAL_MS) {
    await services.db.prisma.session.update({ where: { tokenHash }, data: { lastSeenAt: now } });
  }
  return {
    principal: { kind: "console", orgId: row.orgId, tier: row.tier as Tier, sessionId: row.id },
    orgName: row.orgName,
    tokenHash,
  };
}

/** Revokes a session and records it; nothing happens when it already was. */
export async function endSession(
  services: Services,
  tx: Transaction,
  session: Session,
  ids: { requestId: string | null; correlationId: string },
): Promise<void> {
  const { principal, tokenHash } = session;
  const { count } = await tx.session.updateMany({
    where: { tokenHash, revokedAt: null },
    data: { revokedAt: services.clock.now() },
  });
  if (count === 0) return;
  await emit(services, tx, {
    orgId: principal.orgId,
    channel: "console",
    event: "console.session.ended",
    result: "SUCCESS",
    actorType: "USER",
    actorId: principal.sessionId,
    resourceType: "session",
    resourceId: principal.sessionId,
    requestId: ids.requestId,
    correlationId: ids.correlationId,
  });
}

/**
 * Ends the organisation's other sessions, because a master key ended that may have opened them. The session that acts
 * is not among them: it is the one that has just shown who it is.
 */
export async function endOtherSessions(ctx: Context, tx: Transaction, orgId: string): Promise<void> {
  const own = ctx.principal.kind === "console" ? ctx.principal.sessionId : "";
  await tx.session.updateMany({
    where: { orgId, revokedAt: null, id: { not: own } },
    data: { revokedAt: ctx.services.clock.now() },
  });
}
