import type { Transaction } from "#server/platform/database.ts";
import type { PhoneNumber } from "#server/platform/generated/client.ts";
import type { AgentProfile } from "../directory.ts";
import { notFound } from "../errors.ts";

/** The numbers that agents hold, oldest first: the first one of an agent is its primary. */
export function heldNumbers(db: Transaction, orgId: string, agentIds?: string[]): Promise<PhoneNumber[]> {
  return db.phoneNumber.findMany({
    where: { orgId, releasedAt: null, ...(agentIds ? { agentId: { in: agentIds } } : {}) },
    orderBy: { id: "asc" },
  });
}

/** How many numbers count against the plan: those that are held, and those that are ordered. */
export async function countNumbers(db: Transaction, orgId: string): Promise<number> {
  const held = await db.phoneNumber.count({ where: { orgId, releasedAt: null } });
  return held + (await db.numberOrder.count({ where: { orgId } }));
}

/**
 * The number that an agent calls or texts from: the one that is named, else its first one that can.
 * NOT_FOUND where the named one is not its own. @returns null where it has none that can
 */
export async function numberOf(
  db: Transaction,
  agent: AgentProfile,
  capability: "voice" | "sms",
  named?: string,
): Promise<PhoneNumber | null> {
  const held = await heldNumbers(db, agent.orgId, [agent.agentId]);
  if (named !== undefined && !held.some(({ phoneNumber }) => phoneNumber === named)) throw notFound("phone number");
  const able = held.filter(({ capabilities }) => capabilities.includes(capability));
  return able.find(({ phoneNumber }) => named === undefined || phoneNumber === named) ?? null;
}

/** Whose number it is at this moment, over all organisations. */
export function holderOf(db: Transaction, phoneNumber: string): Promise<PhoneNumber | null> {
  return db.phoneNumber.findFirst({ where: { phoneNumber, releasedAt: null } });
}
