import { z } from "zod";
import { masterKey } from "../authorise.ts";
import { eventBase, orgOf } from "../context.ts";
import { displayName } from "../fields.ts";
import { emit, inTransaction, reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findSelf } from "./find.ts";
import { isFresh } from "./fresh.ts";

export const ownAccount = masterKey("*");

/** The account of the person who acts; null for a session that the master key or a link opened. */
export const getProfile = verb({
  access: ownAccount,
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const { principal } = ctx;
    if (principal.kind !== "console" || principal.member === null) return null;
    const db = reader(ctx);
    const [person, passkeys] = await Promise.all([
      findSelf(ctx, db),
      db.passkey.findMany({ where: { personId: principal.member.personId }, orderBy: { createdAt: "asc" }, take: 100 }),
    ]);
    return {
      email: person.email,
      name: person.name,
      role: principal.role,
      hasPassword: person.passwordHash !== null,
      secondFactor: person.secondFactor,
      /** Whether password and passkeys may be changed without signing in again. */
      fresh: isFresh(ctx),
      passkeys: passkeys.map((passkey) => ({
        id: passkey.id,
        name: passkey.name,
        createdAt: passkey.createdAt.toISOString(),
        lastUsedAt: passkey.lastUsedAt?.toISOString() ?? null,
      })),
    };
  },
});

/** Changes the name under which the person is shown, in every organisation. */
export const updateProfile = verb({
  access: ownAccount,
  effect: "self",
  input: z.object({ name: displayName }),
  run: (ctx, { name }) =>
    inTransaction(ctx, async (tx) => {
      const { id } = await findSelf(ctx, tx);
      await tx.person.update({ where: { id }, data: { name, updatedAt: ctx.services.clock.now() } });
      await emit(ctx.services, tx, {
        ...eventBase(ctx),
        orgId: orgOf(ctx),
        channel: "console",
        event: "console.profile.updated",
        result: "SUCCESS",
        data: { fields: ["name"] },
        personal: { detail: name },
      });
      return { name };
    }),
});
