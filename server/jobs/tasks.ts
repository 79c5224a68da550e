import type { Task } from "graphile-worker";
import { z } from "zod";
import { deliverMessage } from "#server/domain/email/deliver.ts";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { releaseHeldMail } from "#server/domain/email/release-held.ts";
import { sweepExpired } from "#server/domain/idempotency/claim.ts";
import { errorCode } from "#server/platform/error-code.ts";
import type { Runtime } from "#server/runtime.ts";
import { mailVerificationCode } from "./mail-verification-code.ts";

const DeliverEmail = z.object({ orgId: z.string(), messageId: z.string() });
const MailVerificationCode = z.object({
  orgId: z.string(),
  challengeId: z.string(),
  parentId: z.string(),
  correlationId: z.string(),
});
const SWEEP_BATCH = 5_000;

/** When the regular tasks run; see graphile-worker's crontab. */
export const CRONTAB = `
* * * * * release-held
*/5 * * * * sweep-idempotency
17 * * * * ensure-partitions
`;

/** Every background task by name. Each may run twice for one job, so each looks before it acts. */
export function createTasks(runtime: Runtime, mail: MailGateway): Record<string, Task> {
  return {
    "deliver-email": (payload) => deliverMessage(runtime, mail, DeliverEmail.parse(payload)),
    "mail-verification-code": (payload) => mailVerificationCode(runtime, mail, MailVerificationCode.parse(payload)),
    "release-held": async () => {
      while ((await releaseHeldMail(runtime)).more);
    },
    "sweep-idempotency": async () => {
      while ((await sweepExpired(runtime, SWEEP_BATCH)) === SWEEP_BATCH);
    },
    "ensure-partitions": () => ensurePartitions(runtime),
  };
}

// SQLSTATE check_violation: event_default holds events of the month, from when the clock was wrong or nobody was here to
// make the partition in time. Those of the rest of the month join them.
const STANDS_IN_DEFAULT = "23514";

/** The event log's partitions of this month and the next. */
export async function ensurePartitions(runtime: Pick<Runtime, "db" | "clock" | "log">): Promise<void> {
  const now = runtime.clock.now();
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
  for (const month of [now, next]) {
    const day = month.toISOString().slice(0, 10);
    await runtime.db.pool.query("SELECT ensure_event_partitions($1::date)", [day]).catch((err) => {
      if (errorCode(err) !== STANDS_IN_DEFAULT) throw err;
      runtime.log.warn({ month: day.slice(0, 7) }, "the events of this month stay in the default partition");
    });
  }
}
