import type { Transaction } from "#server/platform/database.ts";
import type { Call } from "#server/platform/generated/client.ts";
import { recordUsage } from "../billing/record-usage.ts";
import { settle } from "../billing/reservations.ts";
import { reverseUsage } from "../billing/reverse.ts";
import type { Services } from "../context.ts";
import type { CallState, EndReason } from "../phone/news.ts";
import { emit } from "../transaction.ts";
import { appendFrame } from "./frames.ts";
import { latencyOf } from "./latency.ts";
import { minutesOf } from "./minutes.ts";
import { callEvent, lockCallBudgets } from "./record.ts";
import { closeOpenSegments } from "./segments.ts";

const STATE_OF: Record<EndReason, CallState> = {
  completed: "completed",
  caller_hangup: "completed",
  agent_hangup: "completed",
  timeout: "completed",
  silence: "completed",
  no_answer: "no_answer",
  busy: "busy",
  rejected: "failed",
  failed: "failed",
};

type Ending = {
  reason: EndReason;
  at: Date;
  /** Since the answer, as the carrier counts; null: it says nothing. */
  durationSeconds: number | null;
  /** Why it failed, in one word, where the reason does not say it. */
  cause?: string | null;
};

/**
 * Ends a call, whose row the caller holds: its minutes are settled, the rest of what was held goes back, and a call that
 * the carrier never took is not counted. A call that has ended stays as it is.
 */
export async function endCall(services: Services, tx: Transaction, call: Call, ending: Ending): Promise<void> {
  if (call.endedAt !== null) return;
  const now = services.clock.now();
  const { orgId, id } = call;
  const reason = reasonOf(call, ending);
  const isAnswered = call.answeredAt !== null || (ending.durationSeconds ?? 0) > 0;
  const measured = call.answeredAt ? Math.round((ending.at.getTime() - call.answeredAt.getTime()) / 1_000) : 0;
  const duration = isAnswered ? Math.max(0, ending.durationSeconds ?? measured) : 0;
  // Who was talked to was called, whatever was told before; one that was ended before nobody has answered.
  const usual = STATE_OF[reason];
  const state = isAnswered && usual !== "failed" ? "completed" : usual === "completed" ? "no_answer" : usual;
  await closeOpenSegments(tx, call, ending.at);
  await tx.call.update({
    where: { orgId_id: { orgId, id } },
    data: {
      state,
      endReason: reason,
      endedAt: ending.at,
      durationSeconds: duration,
      attendedUntil: null,
      onHold: false,
      // News that it was answered may come later, or never.
      ...(isAnswered && !call.answeredAt ? { answeredAt: new Date(ending.at.getTime() - duration * 1_000) } : {}),
    },
  });
  await lockCallBudgets(tx, orgId);
  // A second more than was agreed is the carrier's: nothing is charged that was not held.
  const minutes = Math.min(minutesOf(duration), minutesOf(call.maxSeconds));
  const settled = await settle(tx, orgId, call.reservationId, minutes, now);
  const cause = ending.cause && ending.cause !== reason ? { cause: ending.cause } : {};
  const eventId = await emit(
    services,
    tx,
    callEvent(call, "voice.call.ended", state === "failed" ? "FAILURE" : "SUCCESS", {
      reason,
      state,
      durationSeconds: duration,
      minutes,
      ...cause,
    }),
  );
  if (settled && settled.quantity > 0) {
    const { agentId, meter, quantity, billable, micros, day } = settled;
    await recordUsage(tx, { orgId, agentId, eventId, meter, quantity, billable, micros, day, resourceId: id, now });
  }
  if (call.direction === "OUTBOUND" && call.carrierId === null) {
    const usage = { orgId, recordId: call.eventId, resourceId: id, correlationId: call.correlationId };
    await reverseUsage(services, tx, { ...usage, meter: "voice_calls" }, "NOT_HANDED_OVER");
  }
  const latencyTurns = await latencyOf(tx, orgId, id);
  await appendFrame(tx, call, { type: "call.ended", reason, duration, tier: call.tier, state, latencyTurns }, now);
}

/** The carrier sees that a call was hung up, not for whom: that is known here. */
function reasonOf(call: Call, { reason }: Ending): EndReason {
  const isHangUp = reason === "caller_hangup" || reason === "agent_hangup" || reason === "completed";
  return call.endAsked !== null && isHangUp ? "agent_hangup" : reason;
}
