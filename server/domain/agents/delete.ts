import { z } from "zod";
import type { EventInput } from "#server/audit/record.ts";
import { masterKey } from "../authorise.ts";
import { eventBase, orgOf } from "../context.ts";
import { id } from "../fields.ts";
import { lockOrganization } from "../organizations/lock.ts";
import { releaseNumbersOf } from "../phone-numbers/release.ts";
import { emit, inTransaction } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findAgent } from "./find.ts";
import { hangUpCallsOf } from "./update.ts";

/** Ends an agent: its keys die at once, its inbox takes no more mail, its calls are hung up, its numbers
 * go back. Its history stays, its address is never reused. */
export const deleteAgent = verb({
  access: masterKey("agents:write"),
  effect: "govern",
  input: z.object({ id }),
  run: async (ctx, input) => {
    const orgId = orgOf(ctx);
    const now = ctx.services.clock.now();
    await inTransaction(ctx, async (tx) => {
      await lockOrganization(tx, orgId);
      const agent = await findAgent(ctx, tx, input.id);
      const ofAgent = { orgId, agentId: agent.id };
      await tx.agent.update({
        where: { orgId_id: { orgId, id: agent.id } },
        data: { status: "DELETED", updatedAt: now },
      });
      const keys = await tx.apiKey.updateMany({ where: { ...ofAgent, revokedAt: null }, data: { revokedAt: now } });
      await tx.inbox.updateMany({ where: { ...ofAgent, deletedAt: null }, data: { deletedAt: now } });
      const numbersReleased = await releaseNumbersOf(ctx, tx, orgId, agent.id);
      const deleted: EventInput = {
        ...eventBase(ctx),
        orgId,
        channel: "agent",
        event: "agent.deleted",
        result: "SUCCESS",
        agentId: agent.id,
        resourceType: "agent",
        resourceId: agent.id,
        data: { keysRevoked: keys.count, numbersReleased },
        personal: { detail: agent.name },
      };
      await emit(ctx.services, tx, deleted, hangUpCallsOf(agent, "AGENT_DELETED"));
    });
    return { success: true as const };
  },
});
