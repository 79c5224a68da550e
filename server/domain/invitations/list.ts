import { z } from "zod";
import { orgOf } from "../context.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { invitationAccess } from "./find.ts";
import { toInvitation } from "./schemas.ts";

// There are never more open ones; see MAX_OPEN in create.ts.
const LIMIT = 200;

/** The invitations that nobody has accepted or revoked, newest first. */
export const listInvitations = verb({
  access: invitationAccess,
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const rows = await reader(ctx).invitation.findMany({
      where: { orgId: orgOf(ctx), acceptedAt: null, revokedAt: null },
      orderBy: { id: "desc" },
      take: LIMIT,
    });
    const now = ctx.services.clock.now();
    return { items: rows.map((row) => toInvitation(row, now)) };
  },
});
