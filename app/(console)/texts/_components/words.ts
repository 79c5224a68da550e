/** States of a text that one of our agents sent, as people call them. */
const STATES: Record<string, string> = {
  QUEUED: "Queued",
  SENT: "Sent",
  DELIVERED: "Delivered",
  FAILED: "Failed",
};

/** Why a text failed or waits, as far as the code is ours or the sandbox's. */
const REASONS: Record<string, string> = {
  AGENT_PAUSED: "its agent is paused",
  AGENT_DELETED: "its agent was deleted before it left",
  ORG_STOPPED: "all agents are stopped",
  DO_NOT_CALL: "the person said stop before it left",
  CONSENT_REQUIRED: "the person took consent back before it left",
  OUTSIDE_CALLING_HOURS: "the hours ended before it left",
  timeout: "it could not leave for ten minutes",
  undeliverable: "it cannot be delivered to this number",
  unallocated: "nobody has this number",
};

export function stateOf({ direction, status }: { direction: string; status: string }): string {
  return direction === "INBOUND" ? "Received" : (STATES[status] ?? status);
}

/** Why a text failed or waits, in words; null for a code that only the carrier knows. */
export function reasonOf(code: string): string | null {
  return REASONS[code] ?? null;
}

/** What a person said to be left alone, or how they said it. */
export function stopWords({ channel, word }: { channel: string; word: string | null }): string {
  if (word) return `wrote ${word}`;
  return channel === "voice" ? "said so on the telephone" : "asked to be left alone";
}
