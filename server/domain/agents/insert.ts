import type { Prisma, Transaction } from "#server/platform/database.ts";
import type { Agent, ApiKey } from "#server/platform/generated/client.ts";
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
  const { row, key } = await issueKey(services, tx, {
    orgId: input.orgId,
    kind: "AGENT",
    agentId: agent.id,
    name: "Agent key",
    scopes: input.scopes,
    isPrimary: true,
    expiresAt: null,
  });
  return { agent, key, keyRow: row };
}
