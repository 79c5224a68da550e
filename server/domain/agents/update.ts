import { z } from "zod";
import type { FollowUp } from "#server/audit/append.ts";
import type { EventInput } from "#server/audit/record.ts";
import type { Prisma } from "#server/platform/database.ts";
import { anyKey, authorise, masterKey } from "../authorise.ts";
import { type Context, eventBase, orgOf } from "../context.ts";
import { displayName, id, metadata, slug } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findAgent } from "./find.ts";
import { requireFreeSlug } from "./slug.ts";
import { viewAgent } from "./view.ts";

const UpdateAgentInput = z.object({
  id,
  name: displayName.optional(),
  slug: slug.optional(),
  metadata: metadata.optional().describe("Replaces what was there."),
  status: z.enum(["ACTIVE", "PAUSED"]).optional().describe("Needs the master key. PAUSED stops every channel."),
});

/** Changes an agent. Its own key may, except for the status: what is paused must not resume itself. */
export const updateAgent = verb({
  access: anyKey("agents:write"),
  input: UpdateAgentInput,
  run: async (ctx, input) => {
    if (input.status !== undefined) authorise(ctx, masterKey("agents:write"), "write");
    return inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgOf(ctx));
      const row = await findAgent(ctx, tx, input.id);
      if (input.slug !== undefined && input.slug !== row.slug) await requireFreeSlug(tx, row.orgId, input.slug);
      const updated = await tx.agent.update({
        where: { orgId_id: { orgId: row.orgId, id: row.id } },
        data: {
          ...(input.name === undefined ? {} : { name: input.name }),
          ...(input.slug === undefined ? {} : { slug: input.slug }),
          ...(input.metadata === undefined ? {} : { metadata: input.metadata as Prisma.InputJsonObject }),
          ...(input.status === undefined ? {} : { status: input.status }),
          updatedAt: ctx.services.clock.now(),
        },
      });
      const fields = (["name", "slug", "metadata"] as const).filter((field) => input[field] !== undefined);
      if (fields.length > 0) await record(ctx, tx, updated, "agent.updated", { fields });
      if (updated.status !== row.status) {
        await (updated.status === "PAUSED"
          ? record(ctx, tx, updated, "agent.paused", {}, hangUpCallsOf(updated, "AGENT_PAUSED"))
          : record(ctx, tx, updated, "agent.resumed", {}, { task: "release-held", payload: {} }));
      }
      return viewAgent(tx, ctx.services.config, updated);
    });
  },
});

/** What follows for the calls of an agent that may not act any more. */
export function hangUpCallsOf(agent: { orgId: string; id: string }, cause: string): FollowUp {
  return { task: "hang-up-calls", payload: { orgId: agent.orgId, agentId: agent.id, cause } };
}

function record(
  ctx: Context,
  tx: Prisma.TransactionClient,
  agent: { orgId: string; id: string; name: string },
  event: string,
  data: { fields?: string[] },
  job: FollowUp | null = null,
): Promise<string> {
  const input: EventInput = {
    ...eventBase(ctx),
    orgId: agent.orgId,
    channel: "agent",
    event,
    result: "SUCCESS",
    agentId: agent.id,
    resourceType: "agent",
    resourceId: agent.id,
    data,
    personal: { detail: agent.name },
  };
  return emit(ctx.services, tx, input, job);
}
