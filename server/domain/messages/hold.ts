import type { Services } from "../context.ts";
import type { AgentProfile } from "../directory.ts";

/** What keeps a queued message here until it is released. */
export type HoldReason = "NO_RELAY" | "AGENT_PAUSED" | "ORG_STOPPED";

/** What keeps an agent's messages here. */
export function holdReasonOf(agent: AgentProfile | null): HoldReason | null {
  if (agent?.org.status === "STOPPED") return "ORG_STOPPED";
  return agent?.status === "PAUSED" ? "AGENT_PAUSED" : null;
}

/** Keeps a message that is still queued; release-held queues its delivery again. */
export async function hold(
  services: Services,
  { orgId, id }: { orgId: string; id: string },
  reason: HoldReason,
): Promise<void> {
  await services.db.prisma.message.updateMany({
    where: { orgId, id, status: "QUEUED" },
    data: { statusReason: reason, updatedAt: services.clock.now() },
  });
}
