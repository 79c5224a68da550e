import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { authorise, masterKey } from "../authorise.ts";
import { eventBase, orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findMember, requireAnotherOwner } from "./find.ts";

const access = masterKey("*");

/** Ends a membership and its sessions at once. An owner is removed by owners only; CONFLICT for the last one. */
export const removeMember = verb({
  access,
  input: z.object({ id }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      const now = ctx.services.clock.now();
      await lockOrganization(tx, orgOf(ctx));
      const { row, person } = await findMember(ctx, tx, input.id);
      if (row.role === "OWNER") {
        authorise(ctx, access, "govern");
        await requireAnotherOwner(ctx, tx, row);
      }
      await tx.member.delete({ where: { orgId_id: { orgId: row.orgId, id: row.id } } });
      const ended = await tx.session.updateMany({
        where: { orgId: row.orgId, memberId: row.id, revokedAt: null },
        data: { revokedAt: now },
      });
      await emit(ctx.services, tx, {
        ...eventBase(ctx),
        orgId: row.orgId,
        channel: "org",
        event: "org.member.removed",
        result: "SUCCESS",
        resourceType: "member",
        resourceId: row.id,
        data: { role: row.role, sessionsEnded: ended.count },
        personal: { detail: person.email, email: person.email },
      });
      await forgetWithoutMembership(tx, person.id);
      return { success: true as const };
    }),
});

/** Somebody who is a member nowhere any more has no account either: no password or passkey stays behind. */
async function forgetWithoutMembership(tx: Transaction, personId: string): Promise<void> {
  // Against an invitation of another organisation that is accepted at this moment.
  await tx.$queryRaw`SELECT id FROM person WHERE id = ${personId} FOR UPDATE`;
  if (await tx.member.findFirst({ where: { personId }, select: { id: true } })) return;
  await tx.passkey.deleteMany({ where: { personId } });
  await tx.person.delete({ where: { id: personId } });
}
