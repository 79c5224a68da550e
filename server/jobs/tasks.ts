import type { Task } from "graphile-worker";
import { z } from "zod";
import { applyPlans } from "#server/domain/billing/apply-plans.ts";
import { expireReservations } from "#server/domain/billing/reservations.ts";
import { sweepBudgets } from "#server/domain/billing/warnings.ts";
import { hangUpAll } from "#server/domain/calls/hang-up.ts";
import { placeCall } from "#server/domain/calls/place.ts";
import { endLostCalls, sweepFrames } from "#server/domain/calls/sweep.ts";
import { sweepConsole } from "#server/domain/console/sweep.ts";
import { deliverMessage } from "#server/domain/email/deliver.ts";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { sweepExpired } from "#server/domain/idempotency/claim.ts";
import { closeMonths } from "#server/domain/invoices/close-month.ts";
import { releaseHeld } from "#server/domain/messages/release-held.ts";
import { collectInvoices } from "#server/domain/payments/collect.ts";
import { handlePaymentEvent, sweepPaymentEvents } from "#server/domain/payments/events.ts";
import { sweepAttempts } from "#server/domain/phone/gates/attempts.ts";
import { sweepSeenNews } from "#server/domain/phone/seen.ts";
import { buyOrdered } from "#server/domain/phone-numbers/buy-ordered.ts";
import { renewNumbers } from "#server/domain/phone-numbers/month.ts";
import { returnNumber, returnNumbers } from "#server/domain/phone-numbers/release.ts";
import { settleLeftOrders } from "#server/domain/phone-numbers/settle.ts";
import { deliverText } from "#server/domain/sms/deliver.ts";
import { recountStorage } from "#server/domain/storage/recount.ts";
import { errorCode } from "#server/platform/error-code.ts";
import type { Runtime } from "#server/runtime.ts";
import { mailCapWarning } from "./mail-cap-warning.ts";
import { mailInvitation } from "./mail-invitation.ts";
import { mailInvoice } from "./mail-invoice.ts";
import { mailSignInCode } from "./mail-sign-in-code.ts";
import { mailVerificationCode } from "./mail-verification-code.ts";

const DeliverEmail = z.object({ orgId: z.string(), messageId: z.string() });
const MailVerificationCode = z.object({
  orgId: z.string(),
  challengeId: z.string(),
  parentId: z.string(),
  correlationId: z.string(),
});
const MailCapWarning = z.object({
  orgId: z.string(),
  scope: z.string(),
  meter: z.string(),
  period: z.enum(["month", "day"]),
  startsOn: z.string(),
  threshold: z.number(),
  correlationId: z.string(),
});
const MailInvitation = z.object({
  orgId: z.string(),
  invitationId: z.string(),
  sends: z.number(),
  parentId: z.string(),
  correlationId: z.string(),
});
const MailSignInCode = z.object({ codeId: z.string(), correlationId: z.string() });
const PaymentEventOf = z.object({ kind: z.enum(["payment", "checkout", "customer"]), id: z.string() });
const MailInvoice = z.object({
  orgId: z.string(),
  invoiceId: z.string(),
  about: z.enum(["issued", "failed", "blocked"]),
  failures: z.number(),
});
const PlaceCall = z.object({ orgId: z.string(), callId: z.string() });
const HangUpCalls = z.object({ orgId: z.string(), agentId: z.string().nullable(), cause: z.string() });
const SendSms = z.object({ orgId: z.string(), messageId: z.string() });
const BuyNumber = z.object({ orgId: z.string(), id: z.string() });
const ReturnNumber = z.object({ orgId: z.string(), id: z.string() });
const SWEEP_BATCH = 5_000;

/** When the regular tasks run; see graphile-worker's crontab. */
export const CRONTAB = `
* * * * * release-held
* * * * * expire-reservations
* * * * * end-lost-calls
*/5 * * * * sweep-idempotency
*/5 * * * * sweep-budgets
*/5 * * * * close-months
* * * * * collect-invoices
41 * * * * sweep-payment-events
37 3 * * * recount-storage
23 * * * * sweep-console
31 * * * * sweep-calls
7 * * * * renew-numbers
* * * * * settle-number-orders
27 * * * * return-numbers
17 * * * * ensure-partitions
`;

/** Which runner a task has; see worker.ts. */
export type Lane = "foreign mail" | "own mail" | "system mail" | "rest";

/**
 * A mail host may be silent for minutes, and an agent may send ten thousand mails: calls, codes and the kill switch do not
 * wait behind them.
 */
export function laneOf(task: string): Lane {
  if (task === "deliver-email") return "foreign mail";
  if (task === "deliver-email-here") return "own mail";
  return task.startsWith("mail-") ? "system mail" : "rest";
}

/** Every background task by name. Each may run twice for one job, so each looks before it acts. */
export function createTasks(runtime: Runtime, mail: MailGateway): Record<string, Task> {
  return {
    "deliver-email-here": (payload) => deliverMessage(runtime, mail, DeliverEmail.parse(payload)),
    "deliver-email": (payload) => deliverMessage(runtime, mail, DeliverEmail.parse(payload)),
    "mail-verification-code": (payload) => mailVerificationCode(runtime, mail, MailVerificationCode.parse(payload)),
    "mail-cap-warning": (payload) => mailCapWarning(runtime, mail, MailCapWarning.parse(payload)),
    "place-call": (payload) => placeCall(runtime, PlaceCall.parse(payload)),
    "hang-up-calls": (payload) => hangUpAll(runtime, HangUpCalls.parse(payload)),
    "end-lost-calls": async () => {
      while (await endLostCalls(runtime));
    },
    "send-sms": (payload) => deliverText(runtime, SendSms.parse(payload)),
    "buy-number": (payload) => buyOrdered(runtime, BuyNumber.parse(payload)),
    "return-number": (payload) => returnNumber(runtime, ReturnNumber.parse(payload)),
    "settle-number-orders": () => settleLeftOrders(runtime),
    "return-numbers": () => returnNumbers(runtime),
    "renew-numbers": async () => {
      while (await renewNumbers(runtime));
    },
    "sweep-calls": async () => {
      while (await sweepFrames(runtime));
      while (await sweepSeenNews(runtime));
      while (await sweepAttempts(runtime));
    },
    "sweep-budgets": () => sweepBudgets(runtime),
    "expire-reservations": async () => {
      while (await expireReservations(runtime));
    },
    "close-months": () => closeMonths(runtime),
    "collect-invoices": () => collectInvoices(runtime),
    "payment-event": (payload) => handlePaymentEvent(runtime, PaymentEventOf.parse(payload)),
    "sweep-payment-events": () => sweepPaymentEvents(runtime),
    "mail-invoice": (payload) => mailInvoice(runtime, mail, MailInvoice.parse(payload)),
    "recount-storage": () => recountStorage(runtime),
    "apply-plans": () => applyPlans(runtime),
    "mail-invitation": (payload) => mailInvitation(runtime, mail, MailInvitation.parse(payload)),
    "mail-sign-in-code": (payload) => mailSignInCode(runtime, mail, MailSignInCode.parse(payload)),
    "release-held": async () => {
      while ((await releaseHeld(runtime)).more);
    },
    "sweep-idempotency": async () => {
      while ((await sweepExpired(runtime, SWEEP_BATCH)) === SWEEP_BATCH);
    },
    "sweep-console": () => sweepConsole(runtime),
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
