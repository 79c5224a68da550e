import { z } from "zod";
import type { Transaction } from "#server/platform/database.ts";
import { grantableScopes } from "../api-keys/grantable.ts";
import { issueKey } from "../api-keys/issue.ts";
import { findPrimaryKey, replaceKey } from "../api-keys/replace.ts";
import { masterKey } from "../authorise.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findAgent } from "./find.ts";

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
      return old ? replaceKey(ctx, tx, old) : issuePrimary(ctx, tx, agent.id);
    });
    return { apiKey: key, apiKeyPrefix: row.prefix };
  },
});

/** For an agent whose primary key was deleted. */
async function issuePrimary(ctx: Context, tx: Transaction, agentId: string) {
  const orgId = orgOf(ctx);
  const issued = await issueKey(ctx.services, tx, {
    orgId,
    kind: "AGENT",
    agentId,
    name: "Agent key",
    scopes: grantableScopes(ctx),
    isPrimary: true,
    expiresAt: null,
  });
  await emit(ctx.services, tx, {
    ...eventBase(ctx),
    orgId,
    channel: "key",
    event: "key.created",
    result: "SUCCESS",
    agentId,
    resourceType: "api_key",
    resourceId: issued.row.id,
    data: { kind: "AGENT", scopes: issued.row.scopes },
  });
  return issued;
}
