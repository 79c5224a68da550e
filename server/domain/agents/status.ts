import { z } from "zod";
import type { Tier } from "#server/platform/tiers.ts";
import { anyKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { countAgents } from "./count.ts";
import { authTypeOf } from "./schemas.ts";

/** What the organisation of the key may do: how it is owned, its plan, what is used of it. */
export const getAgentStatus = verb({
  access: anyKey(null),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const db = reader(ctx);
    const orgId = orgOf(ctx);
    const { tier, ownership } = await db.organization.findUniqueOrThrow({ where: { id: orgId } });
    const plan = ctx.services.config.plans[tier as Tier];
    return {
      auth_type: authTypeOf(ownership),
      plan: tier,
      limits: {
        agents: plan.agents,
        agents_used: await countAgents(db, orgId),
        identities: plan.agents,
        identities_used: await db.inbox.count({ where: { orgId, deletedAt: null } }),
        messages: plan.meters.email_sent.quota,
        domains: 0,
        domains_used: 0,
      },
      capabilities: { email: true, phone: plan.meters.phone_numbers.quota !== 0, vault: false },
      upgrade_url: null,
    };
  },
});
