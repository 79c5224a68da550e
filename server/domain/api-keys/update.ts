import { z } from "zod";
import { orgOf } from "../context.ts";
import { displayName, id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { keyAdministration, keyExpiry, keyScopes, requireFuture } from "./fields.ts";
import { findKey, requireAnotherMasterKey } from "./find.ts";
import { requireOwnerForMaster } from "./grantable.ts";
import { recordKeyEvent } from "./record.ts";
import { viewApiKey } from "./view.ts";

const UpdateApiKeyInput = z.object({
  id,
  name: displayName.optional(),
  scopes: keyScopes.optional(),
  expiresAt: keyExpiry.optional().describe("null: it does not expire."),
});

/** Changes name, scopes or expiry. CONFLICT where that would end the last master key with every scope. */
export const updateApiKey = verb({
  access: keyAdministration,
  input: UpdateApiKeyInput,
  run: async (ctx, input) => {
    const orgId = orgOf(ctx);
    const { name, scopes, expiresAt } = input;
    if (expiresAt !== undefined) requireFuture(ctx, expiresAt);
    return inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgId);
      const before = await findKey(ctx, tx, input.id);
      requireOwnerForMaster(ctx, before.kind);
      const narrows = (scopes !== undefined && !scopes.includes("*")) || (expiresAt ?? null) !== null;
      if (before.kind === "MASTER" && narrows) await requireAnotherMasterKey(tx, before, ctx.services.clock.now());
      const row = await tx.apiKey.update({
        where: { orgId_id: { orgId, id: before.id } },
        data: {
          ...(name === undefined ? {} : { name }),
          ...(scopes === undefined ? {} : { scopes }),
          ...(expiresAt === undefined ? {} : { expiresAt }),
        },
      });
      await recordKeyEvent(ctx, tx, "key.updated", row, {
        scopes: row.scopes,
        expiresAt: row.expiresAt?.toISOString() ?? null,
      });
      return viewApiKey(tx, row);
    });
  },
});
