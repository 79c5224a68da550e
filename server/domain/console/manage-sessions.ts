import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { authorise, masterKey } from "../authorise.ts";
import { type ConsolePrincipal, type Context, eventBase } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { emit, inTransaction, reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { deviceName } from "./device-name.ts";
import { liveSessions, type SignInMethod } from "./sessions.ts";

const access = masterKey("*");
const LIMIT = 100;

/**
 * The sessions that are open, the last used first: one's own, and for an owner all of the organisation. A session of
 * the master key counts the others of the master key as its own.
 */
export const listSessions = verb({
  access,
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const self = atConsole(ctx);
    const db = reader(ctx);
    const rows = await db.session.findMany({
      where: {
        orgId: self.orgId,
        ...(self.role === "OWNER" ? {} : { memberId: self.member?.id ?? null }),
        ...liveSessions(ctx.services.clock.now()),
      },
      orderBy: { lastSeenAt: "desc" },
      take: LIMIT,
    });
    const whoOf = await peopleOf(
      db,
      self.orgId,
      rows.flatMap((row) => row.memberId ?? []),
    );
    const items = rows
      .filter((row) => row.memberId === null || whoOf.has(row.memberId))
      .map((row) => ({
        id: row.id,
        who: row.memberId === null ? null : (whoOf.get(row.memberId) ?? null),
        isOwn: row.memberId === (self.member?.id ?? null),
        isCurrent: row.id === self.sessionId,
        device: deviceName(row.userAgent),
        address: row.address,
        method: row.method as SignInMethod,
        startedAt: row.createdAt.toISOString(),
        lastSeenAt: row.lastSeenAt.toISOString(),
      }));
    return { items };
  },
});

async function peopleOf(db: Transaction, orgId: string, memberIds: string[]): Promise<Map<string, string>> {
  const members = await db.member.findMany({ where: { orgId, id: { in: memberIds } } });
  const people = await db.person.findMany({ where: { id: { in: members.map((member) => member.personId) } } });
  const emails = new Map(people.map((person) => [person.id, person.email]));
  return new Map(members.map((member) => [member.id, emails.get(member.personId) ?? ""]));
}

/** Ends a session at once. NOT_FOUND for one that is over; FORBIDDEN for another person's, except to an owner. */
export const revokeSession = verb({
  access,
  effect: "self",
  input: z.object({ id }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const self = atConsole(ctx);
      const now = ctx.services.clock.now();
      const where = { id: input.id, orgId: self.orgId, ...liveSessions(now) };
      const session = await tx.session.findFirst({ where });
      if (!session) throw notFound("session");
      if (session.memberId !== (self.member?.id ?? null)) authorise(ctx, access, "govern");
      await tx.session.update({ where: { id: session.id }, data: { revokedAt: now } });
      await recordEnd(ctx, tx, session.id);
      return { success: true as const };
    }),
});

/** Ends all of one's own sessions but the one that asks. */
export const revokeOtherSessions = verb({
  access,
  effect: "self",
  input: z.object({}),
  run: (ctx) =>
    inTransaction(ctx, async (tx) => {
      const self = atConsole(ctx);
      const now = ctx.services.clock.now();
      const others = await tx.session.updateManyAndReturn({
        where: {
          orgId: self.orgId,
          memberId: self.member?.id ?? null,
          id: { not: self.sessionId },
          ...liveSessions(now),
        },
        data: { revokedAt: now },
        select: { id: true },
      });
      for (const session of others) await recordEnd(ctx, tx, session.id);
      return { ended: others.length };
    }),
});

function recordEnd(ctx: Context, tx: Transaction, sessionId: string): Promise<string> {
  return emit(ctx.services, tx, {
    ...eventBase(ctx),
    orgId: atConsole(ctx).orgId,
    channel: "console",
    event: "console.session.revoked",
    result: "SUCCESS",
    resourceType: "session",
    resourceId: sessionId,
  });
}

function atConsole({ principal }: Context): ConsolePrincipal {
  if (principal.kind === "console") return principal;
  throw new DomainError("FORBIDDEN", "Only somebody at the console has sessions.");
}
