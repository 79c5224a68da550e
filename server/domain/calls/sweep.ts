import type { Services } from "../context.ts";
import { openTransaction } from "../transaction.ts";
import { RING_S } from "./accept.ts";
import { endCall } from "./end.ts";
import { hangUp } from "./hang-up.ts";
import { lockCall } from "./record.ts";

const BATCH = 100;
const FRAMES_BATCH = 5_000;
const FRAMES_KEPT_MS = 86_400_000;
/** How long after its last moment the end of a call is waited for, in seconds. */
const LATE_S = 120;

/**
 * Ends calls whose carrier tells nothing any more: long after they had to be over they are hung up, and what is known of
 * them counts. So no call stays in a state, whatever was lost. @returns whether more may wait
 */
export async function endLostCalls(services: Services): Promise<boolean> {
  const now = services.clock.now();
  const { rows } = await services.db.pool.query<{ org_id: string; id: string }>({
    name: "calls-lost",
    text: `SELECT org_id, id FROM call WHERE state IN ('queued', 'ringing', 'active')
        AND created_at < $1::timestamptz - make_interval(secs => $2)
        AND coalesce(answered_at + make_interval(secs => max_seconds), created_at + make_interval(secs => $3))
          < $1::timestamptz - make_interval(secs => $2)
      ORDER BY created_at LIMIT ${BATCH}`,
    values: [now, LATE_S, RING_S],
  });
  for (const { org_id: orgId, id } of rows) {
    await hangUp(services, orgId, id, "timeout").catch((err) => {
      services.log.warn({ err, callId: id }, "a call that is long over could not be hung up");
    });
    await openTransaction(services, async (tx) => {
      const call = await lockCall(tx, orgId, id);
      if (!call) return;
      const durationSeconds = call.answeredAt ? call.maxSeconds : 0;
      const reason = call.answeredAt ? "timeout" : "failed";
      await endCall(services, tx, call, { reason, at: now, durationSeconds, cause: "nothing was told of its end" });
    });
  }
  return rows.length === BATCH;
}

/** Hangs up calls that nobody has held the conversation of for longer than it may be away. */
export async function endUnattended(services: Services): Promise<void> {
  const { rows } = await services.db.pool.query<{ org_id: string; id: string }>({
    name: "calls-unattended",
    // Sessions live in real time, whatever the server's clock says.
    text: `SELECT org_id, id FROM call WHERE attended_until < now() ORDER BY attended_until LIMIT ${BATCH}`,
  });
  for (const { org_id: orgId, id } of rows) {
    try {
      await hangUp(services, orgId, id, "unattended");
      await services.db.pool.query("UPDATE call SET attended_until = NULL WHERE org_id = $1 AND id = $2", [orgId, id]);
    } catch (err) {
      // It is tried again the next time.
      services.log.warn({ err, callId: id }, "a call that nobody holds could not be hung up");
    }
  }
}

/** Forgets the frames of yesterday: whoever followed has seen them, and the transcript stays. @returns whether more may wait */
export async function sweepFrames(services: Services): Promise<boolean> {
  const before = new Date(services.clock.now().getTime() - FRAMES_KEPT_MS);
  const { rowCount } = await services.db.pool.query(
    `DELETE FROM call_frame WHERE (org_id, call_id, seq) IN
      (SELECT org_id, call_id, seq FROM call_frame WHERE created_at < $1 ORDER BY created_at LIMIT ${FRAMES_BATCH})`,
    [before],
  );
  return rowCount === FRAMES_BATCH;
}
