import type { Box } from "#server/domain/mailbox/boxes.ts";
import type { MailSummary } from "#server/domain/mailbox/summary.ts";
import type { HoldReason } from "#server/domain/messages/hold.ts";

export const BOX_TITLES: Record<Box, string> = {
  inbox: "Inbox",
  sent: "Sent",
  outbox: "Outbox",
  bounced: "Bounced",
  archive: "Archive",
  spam: "Spam",
  all: "All mail",
};

const HOLD_REASONS: Record<HoldReason, string> = {
  NO_RELAY: "No mail relay is configured.",
  AGENT_PAUSED: "The agent is paused.",
  ORG_STOPPED: "All agents of the organisation are stopped.",
};

/** Why a mail waits: our own reason, or the words of the other server. */
export function waitingReason(statusReason: string | null): string {
  if (statusReason === null) return "Waits for its turn.";
  return Object.hasOwn(HOLD_REASONS, statusReason) ? HOLD_REASONS[statusReason as HoldReason] : statusReason;
}

/** Whether it is held here until somebody changes something. */
export function isHeld(statusReason: string | null): boolean {
  return statusReason !== null && Object.hasOwn(HOLD_REASONS, statusReason);
}

export const subjectOf = (mail: { subject: string | null }) => mail.subject || "(no subject)";
export const isUnread = (mail: Pick<MailSummary, "labels">) => mail.labels.includes("unread");
