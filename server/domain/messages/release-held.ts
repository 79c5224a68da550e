import type { Services } from "../context.ts";
import { queueDelivery } from "../email/delivery-job.ts";
import { enqueue } from "../jobs.ts";
import { HANDING_OVER } from "../sms/deliver.ts";
import { openTransaction } from "../transaction.ts";

const BATCH = 500;

type Held = { orgId: string; id: string; channel: string; to: string[]; cc: string[]; bcc: string[] };

/**
 * Queues again what was held and need not be any longer: foreign mail once there is a relay, mail and texts of an agent that
 * was resumed or deleted, or whose organisation was resumed. Runs every minute and when one of them is resumed.
 *
 * @returns how many were released; a full batch means that more may wait
 */
export function releaseHeld(services: Services): Promise<{ released: number; more: boolean }> {
  const hasRelay = services.config.relayUrl !== null;
  return openTransaction(services, async (tx) => {
    const held = await tx.$queryRaw<Held[]>`
      SELECT m.org_id AS "orgId", m.id, m.channel, m."to", m.cc, m.bcc FROM message m
      JOIN agent a ON a.org_id = m.org_id AND a.id = m.agent_id
      JOIN organization o ON o.id = m.org_id
      WHERE m.status = 'QUEUED' AND m.status_reason IN ('NO_RELAY', 'AGENT_PAUSED', 'ORG_STOPPED') AND o.status = 'ACTIVE'
        AND (m.status_reason = 'ORG_STOPPED' OR (m.status_reason = 'NO_RELAY' AND ${hasRelay}) OR (m.status_reason = 'AGENT_PAUSED' AND a.status <> 'PAUSED'))
      ORDER BY m.id LIMIT ${BATCH}
      FOR UPDATE OF m SKIP LOCKED`;
    for (const message of held) {
      const { orgId, id } = message;
      const isMail = message.channel === "EMAIL";
      // The carrier may know a text from before it was held.
      const statusReason = isMail ? null : HANDING_OVER;
      await tx.message.update({ where: { orgId_id: { orgId, id } }, data: { statusReason } });
      if (isMail) await queueDelivery(services, tx, message);
      else await enqueue(tx, "send-sms", { orgId, messageId: id });
    }
    return { released: held.length, more: held.length === BATCH };
  });
}
