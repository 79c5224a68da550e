import type { Call } from "#server/domain/calls/schemas.ts";

export const STATE_WORDS: Record<Call["state"], string> = {
  queued: "queued",
  ringing: "ringing",
  active: "in progress",
  completed: "completed",
  no_answer: "no answer",
  busy: "busy",
  failed: "failed",
};

const REASONS: Record<string, string> = {
  caller_hangup: "they hung up",
  agent_hangup: "we hung up",
  rejected: "they rejected it",
  timeout: "its time was up",
  silence: "nobody spoke",
  failed: "the line failed",
};

/** Why a call has ended, where its state does not say that already. */
export function reasonOf({ state, endReason }: Pick<Call, "state" | "endReason">): string | null {
  if (endReason === null || (endReason === "failed" && state === "failed")) return null;
  return REASONS[endReason] ?? null;
}

export function isRunning({ endedAt }: Pick<Call, "endedAt">): boolean {
  return endedAt === null;
}

/** Whoever is not the agent. */
export function personOf({ direction, from, to }: Pick<Call, "direction" | "from" | "to">): string {
  return direction === "INBOUND" ? from : to;
}

export function ownNumberOf({ direction, from, to }: Pick<Call, "direction" | "from" | "to">): string {
  return direction === "INBOUND" ? to : from;
}

export function consentSourceOf({ metadata }: Pick<Call, "metadata">): string | null {
  const source = metadata.consent_source;
  return typeof source === "string" ? source : null;
}
