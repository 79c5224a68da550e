"use client";

import type { MailSummary } from "#server/domain/mailbox/summary.ts";
import { usePageShortcuts } from "../../_components/frame/keyboard.tsx";
import type { useLabels } from "./use-labels.ts";
import { useMailParams } from "./use-mail-params.ts";
import { isUnread } from "./words.ts";

type Shown = {
  threads: MailSummary[];
  openThreadId: string | null;
  /** The mails of the open thread, oldest first. */
  openMails: MailSummary[];
  labels: ReturnType<typeof useLabels>;
};

/** The page's shortcuts, of what is shown. */
export function useMailKeys({ threads, openThreadId, openMails, labels }: Shown): void {
  const { params, go } = useMailParams();
  const step = (by: number) => {
    const at = threads.findIndex((mail) => mail.threadId === openThreadId);
    const next = threads[at < 0 ? 0 : at + by];
    if (next) go({ message: next.id, compose: null, view: "text" });
  };
  const answer = (compose: "reply" | "reply-all" | "forward") => {
    if (params.message) go({ compose });
  };
  const toggleRead = () => {
    const newest = openMails.findLast((mail) => mail.direction === "INBOUND");
    if (newest) labels.change({ id: newest.id, addLabels: [isUnread(newest) ? "read" : "unread"] });
  };
  usePageShortcuts([
    { keys: ["j"], does: "Next thread", command: () => step(1) },
    { keys: ["k"], does: "Previous thread", command: () => step(-1) },
    { keys: ["c"], does: "Write", command: () => go({ compose: "new", message: null }) },
    { keys: ["r"], does: "Reply", command: () => answer("reply") },
    { keys: ["a"], does: "Reply to all", command: () => answer("reply-all") },
    { keys: ["f"], does: "Forward", command: () => answer("forward") },
    { keys: ["e"], does: "Archive, or back to the inbox", command: () => archive(openMails, labels) },
    { keys: ["u"], does: "Mark as read or unread", command: toggleRead },
  ]);
}

/** Takes a thread out of the inbox, or puts it back. */
export function archive(mails: MailSummary[], labels: ReturnType<typeof useLabels>): void {
  const received = mails.filter((mail) => mail.direction === "INBOUND");
  const isArchived = isThreadArchived(mails);
  for (const { id, labels: own } of received) {
    if (own.includes("archived") !== isArchived) continue;
    labels.change(isArchived ? { id, removeLabels: ["archived"] } : { id, addLabels: ["archived"] });
  }
}

export function isThreadArchived(mails: MailSummary[]): boolean {
  const received = mails.filter((mail) => mail.direction === "INBOUND");
  return received.length > 0 && received.every((mail) => mail.labels.includes("archived"));
}
