import { createHash } from "node:crypto";
import type { Transaction } from "#server/platform/database.ts";

const ANSWERS_WITHIN_MS = 72 * 3_600_000;

/**
 * What a text or call that comes in answers: the last text or call between the same two numbers, up to 72 hours before.
 * Null where there is none: then a chain begins.
 */
export async function chainBetween(
  tx: Transaction,
  between: { orgId: string; agentId: string; ours: string; theirs: string; now: Date },
): Promise<{ correlationId: string; eventId: string } | null> {
  const { orgId, agentId, ours, theirs, now } = between;
  const since = new Date(now.getTime() - ANSWERS_WITHIN_MS);
  const [last] = await tx.$queryRaw<{ correlationId: string; eventId: string }[]>`
    SELECT correlation_id AS "correlationId", event_id AS "eventId" FROM (
      (SELECT correlation_id, event_id, created_at FROM message
        WHERE org_id = ${orgId} AND thread_id = ${threadIdOf(agentId, ours, theirs)} ORDER BY id DESC LIMIT 1)
      UNION ALL
      (SELECT correlation_id, event_id, created_at FROM call
        WHERE org_id = ${orgId} AND from_number = ${ours} AND to_number = ${theirs} ORDER BY id DESC LIMIT 1)
      UNION ALL
      (SELECT correlation_id, event_id, created_at FROM call
        WHERE org_id = ${orgId} AND from_number = ${theirs} AND to_number = ${ours} ORDER BY id DESC LIMIT 1)
    ) AS last WHERE created_at >= ${since} ORDER BY created_at DESC LIMIT 1`;
  return last ?? null;
}

/**
 * The thread of the texts between an agent's number and another one: the same whoever wrote first. A hash, since ids stand
 * in places where no number may.
 */
export function threadIdOf(agentId: string, ours: string, theirs: string): string {
  return `sms_${createHash("sha256")
    .update(JSON.stringify([agentId, ours, theirs]))
    .digest("hex")
    .slice(0, 40)}`;
}
