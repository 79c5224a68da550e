import type { Services } from "../../context.ts";
import { FREQUENCY_WINDOW_MS } from "./frequency.ts";

const SWEEP_BATCH = 5_000;

/** Forgets calls and texts that count no more for how often a number was dialled. @returns whether more may wait */
export async function sweepAttempts(services: Services): Promise<boolean> {
  const before = new Date(services.clock.now().getTime() - FREQUENCY_WINDOW_MS);
  const { rowCount } = await services.db.pool.query(
    `DELETE FROM dial_attempt WHERE (org_id, phone_number, channel, id) IN
      (SELECT org_id, phone_number, channel, id FROM dial_attempt WHERE at <= $1 ORDER BY at LIMIT ${SWEEP_BATCH})`,
    [before],
  );
  return rowCount === SWEEP_BATCH;
}
