import { type Context, orgOf } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { DomainError, invalidField, notFound } from "../errors.ts";

/**
 * The agent that an action is for: the key's own, or the one that the master key's holder names.
 * NOT_FOUND for an agent that is not there, or that is not the key's own; VALIDATION_ERROR when none is named.
 */
export async function resolveAgent(ctx: Context, named: string | undefined): Promise<AgentProfile> {
  const orgId = orgOf(ctx);
  const agentId = resolveAgentId(ctx, named);
  if (agentId === undefined) throw invalidField("agentId", "is needed with a master key: which agent is it for?");
  const agent = await ctx.services.directory.agent(orgId, agentId);
  if (!agent) throw notFound("agent");
  return agent;
}

/** The agent that a read is limited to: the key's own, the named one, or (master key) undefined: all of them. */
export function resolveAgentId<Named extends string | undefined>(ctx: Context, named: Named): Named | string {
  if (ctx.principal.kind !== "agent") return named;
  if (named !== undefined && named !== ctx.principal.agentId) throw notFound("agent");
  return ctx.principal.agentId;
}

/** AGENT_PAUSED unless the agent may act. */
export function requireActive(agent: Pick<AgentProfile, "status" | "agentId">): void {
  if (agent.status !== "ACTIVE") throw pausedError(agent.agentId);
}

/** 403 for an agent that may not act. */
export function pausedError(agentId: string): DomainError {
  return new DomainError("AGENT_PAUSED", "This agent is paused. Its operator can resume it.", { details: { agentId } });
}
