import { z } from "zod";
import { orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { keyAdministration } from "./fields.ts";
import { findKey } from "./find.ts";
import { replaceKey } from "./replace.ts";
import { viewApiKey } from "./view.ts";

/** A new key in place of this one, with the same name, scopes and expiry. The old one dies at once. */
export const rotateApiKey = verb({
  access: keyAdministration,
  input: z.object({ id }),
  run: async (ctx, input) => {
    const orgId = orgOf(ctx);
    return inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgId);
      const { row, key } = await replaceKey(ctx, tx, await findKey(ctx, tx, input.id));
      return { ...(await viewApiKey(tx, row)), key };
    });
  },
});
