/** The boxes of the console's mail page: which messages each shows. One list for the page and the verb. */
export const BOXES = {
  inbox: { direction: "INBOUND" },
  sent: { direction: "OUTBOUND", status: "SENT" },
  /** Accepted and not left yet. */
  outbox: { direction: "OUTBOUND", status: "QUEUED" },
  bounced: { direction: "OUTBOUND", status: "BOUNCED" },
  archive: { labels: ["archived"] },
  spam: { labels: ["spam"], includeSpam: true },
  all: { includeSpam: true },
} as const;

export type Box = keyof typeof BOXES;
export const BOX_NAMES = Object.keys(BOXES) as [Box, ...Box[]];

/** Labels that say where a message stands. What is left of a message's labels are its user's own. */
export const STATE_LABELS: readonly string[] = ["read", "unread", "archived", "spam"];
