import { z } from "zod";
import { masterKey } from "../authorise.ts";
import { eventBase, orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findMember, requireAnotherOwner } from "./find.ts";
import { role } from "./schemas.ts";

/** Gives a member another role, which holds from their next request on. CONFLICT for the last owner. */
export const changeMemberRole = verb({
  access: masterKey("*"),
  effect: "govern",
  input: z.object({ id, role }),
  run: (ctx, input) =>
    inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgOf(ctx));
      const { row, person } = await findMember(ctx, tx, input.id);
      if (row.role === input.role) return { id: row.id, role: input.role };
      if (row.role === "OWNER") await requireAnotherOwner(ctx, tx, row);
      await tx.member.update({
        where: { orgId_id: { orgId: row.orgId, id: row.id } },
        data: { role: input.role, updatedAt: ctx.services.clock.now() },
      });
      await emit(ctx.services, tx, {
        ...eventBase(ctx),
        orgId: row.orgId,
        channel: "org",
        event: "org.member.role_changed",
        result: "SUCCESS",
        resourceType: "member",
        resourceId: row.id,
        data: { from: row.role, to: input.role },
        personal: { detail: `${person.email}: ${row.role} to ${input.role}`, email: person.email },
      });
      return { id: row.id, role: input.role };
    }),
});
