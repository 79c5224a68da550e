import type { Services } from "../context.ts";
import { openTransaction } from "../transaction.ts";
import { queueDelivery } from "./delivery-job.ts";

const BATCH = 500;

/**
 * Queues again what was held and need not be any longer: foreign mail once there is a relay, mail of an agent that was
 * resumed or deleted, or whose organisation was resumed. Runs every minute and when one of them is resumed.
 *
 * @returns how many mails were released; a full batch means that more may wait
 */
export function releaseHeldMail(services: Services): Promise<{ released: number; more: boolean }> {
  const hasRelay = services.config.relayUrl !== null;
  return openTransaction(services, async (tx) => {
    const held = await tx.$queryRaw<{ orgId: string; id: string; to: string[]; cc: string[]; bcc: string[] }[]>`
      SELECT m.org_id AS "orgId", m.id, m."to", m.cc, m.bcc FROM message m
      JOIN agent a ON a.org_id = m.org_id AND a.id = m.agent_id
      JOIN organization o ON o.id = m.org_id
      WHERE m.status = 'QUEUED' AND m.status_reason IN ('NO_RELAY', 'AGENT_PAUSED', 'ORG_STOPPED') AND o.status = 'ACTIVE'
        AND (m.status_reason = 'ORG_STOPPED' OR (m.status_reason = 'NO_RELAY' AND ${hasRelay}) OR (m.status_reason = 'AGENT_PAUSED' AND a.status <> 'PAUSED'))
      ORDER BY m.id LIMIT ${BATCH}
      FOR UPDATE OF m SKIP LOCKED`;
    for (const message of held) {
      await tx.$executeRaw`UPDATE message SET status_reason = NULL WHERE org_id = ${message.orgId} AND id = ${message.id}`;
      await queueDelivery(services, tx, message);
    }
    return { released: held.length, more: held.length === BATCH };
  });
}
