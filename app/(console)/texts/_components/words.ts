/** States of a text that one of our agents sent, as people call them. */
const STATES: Record<string, string> = {
  QUEUED: "Queued",
  SENT: "Sent",
  DELIVERED: "Delivered",
  FAILED: "Failed",
};

/** Why a text failed, as far as the code is ours or the sandbox's. */
const REASONS: Record<string, string> = {
  AGENT_PAUSED: "its agent was paused before it left",
  AGENT_DELETED: "its agent was deleted before it left",
  ORG_STOPPED: "all agents were stopped before it left",
  timeout: "the carrier could not be reached for ten minutes",
  undeliverable: "it cannot be delivered to this number",
  unallocated: "nobody has this number",
};

export function stateOf({ direction, status }: { direction: string; status: string }): string {
  return direction === "INBOUND" ? "Received" : (STATES[status] ?? status);
}

/** Why a text failed, in words; null for a code that only the carrier knows. */
export function reasonOf(code: string): string | null {
  return REASONS[code] ?? null;
}

/** What a person said to be left alone, or how they said it. */
export function stopWords({ channel, word }: { channel: string; word: string | null }): string {
  if (word) return `wrote ${word}`;
  return channel === "voice" ? "said so on the telephone" : "asked to be left alone";
}
