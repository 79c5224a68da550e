import type { Transaction } from "#server/platform/database.ts";
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

/** ORG_STOPPED, AGENT_PAUSED unless the agent may act. */
export function requireActive(agent: Pick<AgentProfile, "status" | "agentId" | "org">): void {
  if (agent.org.status !== "ACTIVE") throw stoppedError();
  if (agent.status !== "ACTIVE") throw pausedError(agent.agentId);
}

/** Why a statement that looked for itself found that the agent may not act: the directory was a moment behind. */
export async function inactiveError(ctx: Context, agent: AgentProfile): Promise<DomainError> {
  ctx.services.directory.forget(agent.orgId);
  const now = await ctx.services.directory.agent(agent.orgId, agent.agentId);
  if (!now) return notFound("agent");
  return now.org.status === "ACTIVE" ? pausedError(agent.agentId) : stoppedError();
}

/** The same as requireActive, as it is committed: in the transaction that accepts what an agent does. */
export async function requireStillActive(ctx: Context, tx: Transaction, agent: AgentProfile): Promise<void> {
  const [row] = await tx.$queryRaw<{ agent: string; org: string }[]>`SELECT a.status AS agent, o.status AS org
    FROM agent a JOIN organization o ON o.id = a.org_id WHERE a.org_id = ${agent.orgId} AND a.id = ${agent.agentId}`;
  if (row?.agent === "ACTIVE" && row.org === "ACTIVE") return;
  throw await inactiveError(ctx, agent);
}

/** 403 for an agent of an organisation that was stopped. */
function stoppedError(): DomainError {
  return new DomainError("ORG_STOPPED", "Every agent of this organisation is stopped. Its operator can resume them.", {
    details: { remediation: { hint: "POST /v1/orgs/{id}/resume with the master key." } },
  });
}

/** 403 for an agent that may not act. */
function pausedError(agentId: string): DomainError {
  return new DomainError("AGENT_PAUSED", "This agent is paused. Its operator can resume it.", { details: { agentId } });
}
