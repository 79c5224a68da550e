import { z } from "zod";
import { TIER_LIMITS, type Tier } from "#server/platform/tiers.ts";
import { anyKey } from "../authorise.ts";
import { id } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findAgent } from "./find.ts";

export type AgentPolicy = {
  tier: Tier;
  /** Shared by all agents of the organisation. */
  requestsPerSecond: number;
  requestsPerMinute: number;
  /** The only address that it may mail until its organisation is verified; null: it may mail anybody. */
  onlyRecipient: string | null;
  /** What its keys may do, together. Keys that have expired may do nothing. */
  scopes: string[];
};

/** The limits that really hold for an agent: nothing is here that the server does not enforce. */
export const getAgentPolicy = verb({
  access: anyKey("agents:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<AgentPolicy> => {
    const db = reader(ctx);
    const agent = await findAgent(ctx, db, input.id);
    const { tier, ownership, humanEmail } = await db.organization.findUniqueOrThrow({ where: { id: agent.orgId } });
    const keys = await db.apiKey.findMany({
      where: {
        orgId: agent.orgId,
        agentId: agent.id,
        revokedAt: null,
        OR: [{ expiresAt: null }, { expiresAt: { gt: ctx.services.clock.now() } }],
      },
      select: { scopes: true },
    });
    const { requestsPerSecond, requestsPerMinute } = TIER_LIMITS[tier as Tier];
    return {
      tier: tier as Tier,
      requestsPerSecond,
      requestsPerMinute,
      onlyRecipient: ownership === "AGENT_UNVERIFIED" ? humanEmail : null,
      scopes: [...new Set(keys.flatMap((key) => key.scopes))].sort(),
    };
  },
});
