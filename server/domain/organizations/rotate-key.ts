import { z } from "zod";
import { keyAdministration } from "../api-keys/fields.ts";
import { findPrimaryKey, replaceKey } from "../api-keys/replace.ts";
import { DomainError } from "../errors.ts";
import { id } from "../fields.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { lockOrganization } from "./lock.ts";
import { findOwnOrganization } from "./own.ts";

/** A new primary master key; the old one dies at once, also where it was the one that asked. Other master keys stay. */
export const rotateMasterKey = verb({
  access: keyAdministration,
  effect: "govern",
  input: z.object({ id }),
  run: async (ctx, input) => {
    const { key } = await inTransaction(ctx, async (tx) => {
      const { id: orgId } = await findOwnOrganization(ctx, tx, input.id);
      await lockOrganization(tx, orgId);
      const primary = await findPrimaryKey(tx, orgId, null);
      if (!primary) {
        throw new DomainError(
          "CONFLICT",
          "The primary master key was revoked. Rotate another one: POST /v1/api-keys/{id}/rotate.",
          { details: { resource: "api_key" } },
        );
      }
      return replaceKey(ctx, tx, primary);
    });
    return { masterKey: key };
  },
});
