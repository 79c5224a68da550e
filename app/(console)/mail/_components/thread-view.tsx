"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { Archive, ArchiveRestore, ArrowLeft, Forward, Reply, ReplyAll } from "lucide-react";
import type { MailSummary } from "#server/domain/mailbox/summary.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { Time } from "../../../_lib/time.tsx";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { MailLink } from "./mail-link.tsx";
import { MailView } from "./mail-view.tsx";
import type { useLabels } from "./use-labels.ts";
import { archive, isThreadArchived } from "./use-mail-keys.ts";
import { useMailParams } from "./use-mail-params.ts";
import { isUnread, subjectOf } from "./words.ts";

type Thread = { subject: string | null; messageCount: number; agentId: string; messages: MailSummary[] };
type Labels = ReturnType<typeof useLabels>;

/** The reading pane: a thread, oldest first, with the newest mail and the one that was asked for unfolded. */
export function ThreadView({ thread, labels }: { thread: UseQueryResult<Thread, unknown>; labels: Labels }) {
  return (
    <section aria-label="Thread" className="min-w-0">
      <MailLink
        to={{ message: null, compose: null, view: "text" }}
        className="mb-2 inline-flex items-center gap-1 rounded text-muted hover:text-ink lg:hidden"
      >
        <ArrowLeft className="size-3.5" aria-hidden /> Back to the list
      </MailLink>
      {thread.isPending ? <SkeletonRows rows={4} what="the thread" /> : null}
      {thread.isError ? <ErrorNote error={errorOf(thread.error)} onRetry={() => thread.refetch()} /> : null}
      {thread.data ? <Loaded thread={thread.data} labels={labels} /> : null}
    </section>
  );
}

function Loaded({ thread, labels }: { thread: Thread; labels: Labels }) {
  const { params, go } = useMailParams();
  const nameOf = useAgentNames();
  const { messages } = thread;
  const newest = messages.at(-1);
  const missing = thread.messageCount - messages.length;
  const isArchived = isThreadArchived(messages);
  const hasReceived = messages.some((mail) => mail.direction === "INBOUND");
  return (
    <>
      <div className="mb-3 flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0">
          <h2 className="break-words text-base font-semibold">{subjectOf(thread)}</h2>
          <p className="text-[0.8125rem] text-muted">
            {thread.messageCount === 1 ? "1 mail" : `${thread.messageCount} mails`} of {nameOf(thread.agentId)}
            {missing > 0 ? `, the newest ${messages.length} shown` : ""}
          </p>
        </div>
        <div className="flex flex-wrap gap-1.5">
          <Button size="sm" aria-keyshortcuts="r" title="Reply (r)" onClick={() => go({ compose: "reply" })}>
            <Reply aria-hidden /> Reply
          </Button>
          <Button
            size="sm"
            aria-keyshortcuts="a"
            aria-label="Reply to all"
            title="Reply to all (a)"
            onClick={() => go({ compose: "reply-all" })}
          >
            <ReplyAll aria-hidden />
          </Button>
          <Button
            size="sm"
            aria-keyshortcuts="f"
            aria-label="Forward"
            title="Forward (f)"
            onClick={() => go({ compose: "forward" })}
          >
            <Forward aria-hidden />
          </Button>
          {hasReceived ? (
            <Button
              size="sm"
              aria-keyshortcuts="e"
              aria-label={isArchived ? "Move to the inbox" : "Archive"}
              title={isArchived ? "Move to the inbox (e)" : "Archive (e)"}
              onClick={() => archive(messages, labels)}
            >
              {isArchived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
            </Button>
          ) : null}
        </div>
      </div>
      <ol aria-label="Mails of the thread" className="grid gap-2">
        {messages.map((mail) => {
          const isNamed = mail.id === params.message;
          return (
            <li key={mail.id} className="min-w-0">
              {isNamed || mail.id === newest?.id ? (
                <MailView summary={mail} labels={labels} view={isNamed ? params.view : "text"} />
              ) : (
                <Folded mail={mail} />
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
}

function Folded({ mail }: { mail: MailSummary }) {
  return (
    <div className="relative flex items-baseline gap-2 rounded-lg border border-line bg-surface px-3 py-2 hover:bg-raised/60">
      <MailLink
        to={{ message: mail.id, view: "text" }}
        className={cn("min-w-0 max-w-[45%] truncate after:absolute after:inset-0", isUnread(mail) && "font-semibold")}
      >
        {mail.fromAddress}
      </MailLink>
      <span className="min-w-0 flex-1 truncate text-[0.8125rem] text-muted">{mail.snippet}</span>
      <span className="text-[0.75rem] text-muted">
        <Time at={mail.createdAt} format="short" />
      </span>
    </div>
  );
}
