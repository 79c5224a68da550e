import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import type { Agent } from "#server/platform/generated/client.ts";
import { grantableScopes } from "../api-keys/grantable.ts";
import { recordKeyEvent } from "../api-keys/record.ts";
import { findPrimaryKey, replaceKey } from "../api-keys/replace.ts";
import { masterKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findAgent } from "./find.ts";
import { issuePrimaryKey } from "./insert.ts";

/** A new primary key for an agent; the old one dies at once. Other keys of the agent stay. */
export const rotateAgentKey = verb({
  access: masterKey("agents:write"),
  input: z.object({ id }),
  run: async (ctx, input) => {
    const orgId = orgOf(ctx);
    const { row, key } = await inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgId);
      const agent = await findAgent(ctx, tx, input.id);
      const old = await findPrimaryKey(tx, orgId, agent.id);
      return old ? replaceKey(ctx, tx, old) : replaceDeletedKey(ctx, tx, agent);
    });
    return { apiKey: key, apiKeyPrefix: row.prefix };
  },
});

/** For an agent whose primary key was deleted. */
async function replaceDeletedKey(ctx: Context, tx: Transaction, agent: Agent) {
  const issued = await issuePrimaryKey(ctx.services, tx, agent, grantableScopes(ctx));
  await recordKeyEvent(ctx, tx, "key.created", issued.row, { kind: "AGENT", scopes: issued.row.scopes });
  return issued;
}
