import type { Transaction } from "#server/platform/database.ts";
import type { Agent } from "#server/platform/generated/client.ts";
import { type Context, orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { resolveAgentId } from "./resolve.ts";

/** An agent that is not deleted. NOT_FOUND for another organisation's and, with an agent's key, for any but its own. */
export async function findAgent(ctx: Context, db: Transaction, agentId: string): Promise<Agent> {
  const id = resolveAgentId(ctx, agentId);
  const agent = await db.agent.findUnique({ where: { orgId_id: { orgId: orgOf(ctx), id } } });
  if (!agent || agent.status === "DELETED") throw notFound("agent");
  return agent;
}
