import { z } from "zod";
import type { Tier } from "#server/platform/tiers.ts";
import { countAgents } from "../agents/count.ts";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { storedBytes } from "../storage/keep.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";

/** The organisation's plan: what it allows and includes (null: no limit), how many agents there are, and how much is stored. */
export const getPlan = verb({
  access: masterKey("billing:read"),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const db = reader(ctx);
    const orgId = orgOf(ctx);
    const { tier } = await db.organization.findUniqueOrThrow({ where: { id: orgId }, select: { tier: true } });
    const { agents, meters, requestsPerMinute, requestsPerSecond } = ctx.services.config.plans[tier as Tier];
    return {
      tier: tier as Tier,
      agents,
      agentsUsed: await countAgents(db, orgId),
      storageGb: meters.storage_gb.quota,
      storedBytes: await storedBytes(db, orgId),
      emailsPerMonth: meters.email_sent.included,
      requestsPerMinute,
      requestsPerSecond,
    };
  },
});
