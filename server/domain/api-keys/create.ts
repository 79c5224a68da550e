import { z } from "zod";
import { findAgent } from "../agents/find.ts";
import { orgOf } from "../context.ts";
import { displayName, id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { keyAdministration, keyExpiry, keyScopes, requireFuture } from "./fields.ts";
import { requireOwnerForMaster } from "./grantable.ts";
import { issueKey } from "./issue.ts";
import { recordKeyEvent } from "./record.ts";
import { viewApiKey } from "./view.ts";

const CreateApiKeyInput = z.object({
  name: displayName,
  agentId: id.optional().describe("The agent that the key is for; without it the key is a master key."),
  scopes: keyScopes.default(["*"]),
  expiresAt: keyExpiry.default(null),
  mode: z.literal("LIVE", "must be LIVE: this server has no test mode.").optional(),
});

/** One more key for an agent or the organisation. NOT_FOUND for an agent that is not there. */
export const createApiKey = verb({
  access: keyAdministration,
  input: CreateApiKeyInput,
  run: async (ctx, input) => {
    const orgId = orgOf(ctx);
    requireFuture(ctx, input.expiresAt);
    requireOwnerForMaster(ctx, input.agentId === undefined ? "MASTER" : "AGENT");
    return inTransaction(ctx, async (tx) => {
      // Against a delete of the agent at the same moment, which revokes its keys.
      await lockOrganization(tx, orgId);
      const agent = input.agentId === undefined ? null : await findAgent(ctx, tx, input.agentId);
      const { row, key } = await issueKey(ctx.services, tx, {
        orgId,
        kind: agent ? "AGENT" : "MASTER",
        agentId: agent?.id ?? null,
        name: input.name,
        scopes: input.scopes,
        isPrimary: false,
        expiresAt: input.expiresAt,
      });
      await recordKeyEvent(ctx, tx, "key.created", row, {
        kind: row.kind,
        scopes: row.scopes,
        expiresAt: row.expiresAt?.toISOString() ?? null,
      });
      return { ...(await viewApiKey(tx, row)), key };
    });
  },
});
