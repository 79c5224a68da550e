import type { EventInput } from "#server/audit/record.ts";
import type { Prisma, Transaction } from "#server/platform/database.ts";
import type { Agent, ApiKey, Inbox } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import { issueKey } from "../api-keys/issue.ts";
import type { Services } from "../context.ts";

/** Makes an agent with its primary key, in the caller's transaction, which has made sure of plan and slug. */
export async function insertAgent(
  services: Services,
  tx: Transaction,
  input: { orgId: string; name: string; slug: string; metadata?: Record<string, unknown>; scopes: readonly string[] },
): Promise<{ agent: Agent; key: string; keyRow: ApiKey }> {
  const now = services.clock.now();
  const agent = await tx.agent.create({
    data: {
      orgId: input.orgId,
      id: newId(),
      name: input.name,
      slug: input.slug,
      status: "ACTIVE",
      metadata: (input.metadata ?? {}) as Prisma.InputJsonObject,
      createdAt: now,
      updatedAt: now,
    },
  });
  const { row, key } = await issuePrimaryKey(services, tx, agent, input.scopes);
  return { agent, key, keyRow: row };
}

/** Makes the key of an agent that its rotate-key replaces. The agent has none at this moment. */
export function issuePrimaryKey(
  services: Services,
  tx: Transaction,
  agent: Agent,
  scopes: readonly string[],
): Promise<{ row: ApiKey; key: string }> {
  return issueKey(services, tx, {
    orgId: agent.orgId,
    kind: "AGENT",
    agentId: agent.id,
    name: "Agent key",
    scopes,
    isPrimary: true,
    expiresAt: null,
  });
}

/** The event of a new agent, without who made it. */
export function agentCreated(agent: Agent, inbox: Inbox, key: ApiKey) {
  return {
    orgId: agent.orgId,
    channel: "agent",
    event: "agent.created",
    result: "SUCCESS",
    agentId: agent.id,
    resourceType: "agent",
    resourceId: agent.id,
    data: { inboxId: inbox.id, keyId: key.id },
    personal: { name: agent.name, email: inbox.email, detail: `${agent.name} <${inbox.email}>` },
  } satisfies Partial<EventInput>;
}
