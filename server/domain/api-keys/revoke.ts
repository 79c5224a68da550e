import { z } from "zod";
import { endSessionsOfNobody } from "../console/sessions.ts";
import { orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { keyAdministration } from "./fields.ts";
import { findKey, requireAnotherMasterKey } from "./find.ts";
import { requireOwnerForMaster } from "./grantable.ts";
import { recordKeyEvent } from "./record.ts";

/** Ends a key at once, also the one that asks. CONFLICT for the last master key with every scope. */
export const revokeApiKey = verb({
  access: keyAdministration,
  input: z.object({ id }),
  run: async (ctx, input) => {
    const orgId = orgOf(ctx);
    const now = ctx.services.clock.now();
    await inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgId);
      const key = await findKey(ctx, tx, input.id);
      requireOwnerForMaster(ctx, key.kind);
      if (key.kind === "MASTER") await requireAnotherMasterKey(tx, key, now);
      await tx.apiKey.update({ where: { orgId_id: { orgId, id: key.id } }, data: { revokedAt: now } });
      if (key.kind === "MASTER") await endSessionsOfNobody(ctx, tx, orgId);
      await recordKeyEvent(ctx, tx, "key.revoked", key, { kind: key.kind });
    });
    return { success: true as const };
  },
});
