import { z } from "zod";
import { sequencePending } from "#server/audit/sequencer.ts";
import { masterKey } from "../authorise.ts";
import { orgOf } from "../context.ts";
import { toAuditEvent } from "../events/schemas.ts";
import { verb } from "../verb.ts";
import { type AgentTrouble, latestTroubles } from "./troubles.ts";

/** How many agents of each kind are named; `hasMore` says that there are others. */
const SHOWN = 10;
const DAY_MS = 86_400_000;

/**
 * What a person has to look after: the organisation that its human has not confirmed, paused agents, and agents that
 * were refused something or whose mail came back in the last 24 hours, each with its last event.
 */
export const listAgentsInNeed = verb({
  access: masterKey("audit:read"),
  effect: "read",
  input: z.object({}),
  run: async (ctx) => {
    const { db, clock } = ctx.services;
    const orgId = orgOf(ctx);
    await sequencePending(db.pool, orgId);
    const recent = { after: new Date(clock.now().getTime() - DAY_MS), limit: SHOWN + 1 };
    const [organization, paused, refused, failed] = await Promise.all([
      db.prisma.organization.findUniqueOrThrow({
        where: { id: orgId },
        select: { ownership: true, humanEmail: true },
      }),
      db.prisma.agent.findMany({
        where: { orgId, status: "PAUSED" },
        select: { id: true, name: true },
        orderBy: { id: "desc" },
        take: SHOWN + 1,
      }),
      latestTroubles(db.pool, orgId, "DENIED", recent),
      latestTroubles(db.pool, orgId, "FAILURE", recent),
    ]);
    return {
      unconfirmedBy: organization.ownership === "AGENT_UNVERIFIED" ? organization.humanEmail : null,
      paused: shown(paused.map(({ id, name }) => ({ agentId: id, agentName: name }))),
      refused: shown(refused.map(toView)),
      failed: shown(failed.map(toView)),
    };
  },
});

function shown<Item>(items: Item[]): { items: Item[]; hasMore: boolean } {
  return { items: items.slice(0, SHOWN), hasMore: items.length > SHOWN };
}

function toView({ agentId, agentName, count, since, last }: AgentTrouble) {
  return { agentId, agentName, count, since: since.toISOString(), last: toAuditEvent(last) };
}

export type AgentsInNeed = Awaited<ReturnType<typeof listAgentsInNeed>>;
