import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import type { Tier } from "#server/platform/tiers.ts";
import type { ConsolePrincipal, Context, Services } from "../context.ts";
import type { Role } from "../members/roles.ts";
import { emit } from "../transaction.ts";
import { hashToken, newToken } from "./secrets.ts";

const IDLE_HOURS = 12;
const LIFETIME_DAYS = 30;
const HOUR_MS = 3_600_000;
/** How long a browser may keep the cookie. */
export const SESSION_SECONDS = LIFETIME_DAYS * 24 * 3_600;
const TOUCH_INTERVAL_MS = 60_000;

export type Session = {
  principal: ConsolePrincipal;
  orgName: string;
  /** STOPPED: none of the organisation's agents acts. */
  orgStatus: "ACTIVE" | "STOPPED";
  person: { email: string; name: string | null } | null;
  method: SignInMethod;
  tokenHash: Uint8Array<ArrayBuffer>;
};

/** How somebody came to a session; part of the audit event. The last three: with a passkey as the second factor. */
export type SignInMethod =
  | "master_key"
  | "link"
  | "setup"
  | "password"
  | "code"
  | "passkey"
  | "invitation"
  | "password_and_passkey"
  | "code_and_passkey"
  | "invitation_and_passkey";

/** Who asks to sign in: goes to the erasable part of the event. */
export type Visitor = { address: string; userAgent: string | null; requestId: string | null; correlationId: string };

/**
 * Opens a session in the caller's transaction, records it, and ends the one that the browser had: a token that was
 * known before a sign-in opens nothing after it.
 *
 * @param input.memberId who signs in; null for whoever holds the master key or a link
 * @param input.since when they showed who they are, where that was not now: a session that only goes on elsewhere lives
 *   no longer for it
 * @returns the token for the cookie, which nobody can read again
 */
export async function startSession(
  services: Services,
  tx: Transaction,
  input: {
    orgId: string;
    memberId: string | null;
    method: SignInMethod;
    visitor: Visitor;
    previous: Session | null;
    since?: Date;
  },
): Promise<string> {
  const { orgId, memberId, method, visitor, previous } = input;
  if (previous) await endSession(services, tx, previous, visitor);
  const token = newToken();
  const id = newId();
  const now = services.clock.now();
  const since = input.since ?? now;
  await tx.session.create({
    data: {
      tokenHash: hashToken(token),
      id,
      orgId,
      memberId,
      method,
      address: visitor.address,
      userAgent: visitor.userAgent?.slice(0, 300) ?? null,
      createdAt: since,
      lastSeenAt: now,
      expiresAt: new Date(since.getTime() + SESSION_SECONDS * 1000),
    },
  });
  await emit(services, tx, {
    orgId,
    channel: "console",
    event: "console.session.started",
    result: "SUCCESS",
    actorType: "USER",
    actorId: memberId ?? id,
    resourceType: "session",
    resourceId: id,
    requestId: visitor.requestId,
    correlationId: visitor.correlationId,
    data: { method },
    personal: { detail: `Signed in from ${visitor.address}`, address: visitor.address },
  });
  return token;
}

type SessionRow = {
  id: string;
  orgId: string;
  tier: string;
  orgName: string;
  orgStatus: string;
  method: string;
  createdAt: Date;
  lastSeenAt: Date;
  memberId: string | null;
  role: string | null;
  personId: string | null;
  email: string | null;
  name: string | null;
};

/** What still opens the console at an instant. */
export function liveSessions(now: Date) {
  const idleSince = new Date(now.getTime() - IDLE_HOURS * HOUR_MS);
  return { revokedAt: null, expiresAt: { gt: now }, lastSeenAt: { gt: idleSince } };
}

/**
 * The session of a cookie; null when it is unknown, revoked, older than 30 days, was idle for 12 hours, or its member
 * was removed. The role is read each time, so a change of it holds from the next request on.
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
  const idleSince = liveSessions(now).lastSeenAt.gt;
  const { rows } = await services.db.pool.query<SessionRow>({
    name: "console-session",
    text: `SELECT s.id, s.org_id AS "orgId", o.tier, o.name AS "orgName", o.status AS "orgStatus", s.method, s.created_at AS "createdAt",
        s.last_seen_at AS "lastSeenAt", m.id AS "memberId", m.role, m.person_id AS "personId", p.email, p.name
      FROM session s
      JOIN organization o ON o.id = s.org_id
      LEFT JOIN member m ON m.org_id = s.org_id AND m.id = s.member_id
      LEFT JOIN person p ON p.id = m.person_id
      WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.last_seen_at > $3
        AND (s.member_id IS NULL OR p.id IS NOT NULL)`,
    values: [tokenHash, now, idleSince],
  });
  const row = rows[0];
  if (!row) return null;
  if (touch && now.getTime() - row.lastSeenAt.getTime() >= TOUCH_INTERVAL_MS) {
    await services.db.prisma.session.update({ where: { tokenHash }, data: { lastSeenAt: now } });
  }
  const member = row.memberId && row.personId ? { id: row.memberId, personId: row.personId } : null;
  return {
    principal: {
      kind: "console",
      orgId: row.orgId,
      tier: row.tier as Tier,
      sessionId: row.id,
      since: row.createdAt,
      role: member ? (row.role as Role) : "OWNER",
      member,
    },
    orgName: row.orgName,
    orgStatus: row.orgStatus as Session["orgStatus"],
    person: row.email === null ? null : { email: row.email, name: row.name },
    method: row.method as SignInMethod,
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
    actorId: principal.member?.id ?? principal.sessionId,
    resourceType: "session",
    resourceId: principal.sessionId,
    requestId: ids.requestId,
    correlationId: ids.correlationId,
  });
}

/** The sessions that a master key, a link or the setup opened, except the one that acts. */
export function sessionsOfNobody(ctx: Context, orgId: string) {
  const own = ctx.principal.kind === "console" ? ctx.principal.sessionId : "";
  return { orgId, memberId: null, ...liveSessions(ctx.services.clock.now()), id: { not: own } };
}

/**
 * Ends the sessions that a master key may have opened, because one ended. The session that acts is not among them: it
 * has just shown who it is. Nor are those of members, who have their own ways in.
 */
export async function endSessionsOfNobody(ctx: Context, tx: Transaction, orgId: string): Promise<void> {
  await tx.session.updateMany({
    where: sessionsOfNobody(ctx, orgId),
    data: { revokedAt: ctx.services.clock.now() },
  });
}
