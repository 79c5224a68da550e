"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Menu, Paperclip, Search, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { Box } from "#server/domain/mailbox/boxes.ts";
import type { MailSummary } from "#server/domain/mailbox/summary.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { nextPage } from "../../../_lib/paging.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { MailLink } from "./mail-link.tsx";
import { OwnLabels } from "./own-labels.tsx";
import { listInput } from "./params.ts";
import { useMailParams } from "./use-mail-params.ts";
import { BOX_TITLES, isUnread, subjectOf, waitingReason } from "./words.ts";

/** The threads of the box, label, agent and search that are chosen: each with its newest mail that fits. */
export function useThreads() {
  const trpc = useTRPC();
  const { params } = useMailParams();
  const pages = useInfiniteQuery(trpc.mail.list.infiniteQueryOptions(listInput(params), nextPage));
  const mails = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const threads = new Map<string, MailSummary>();
  for (const mail of mails) {
    if (belongs(mail, params.box, params.label) && !threads.has(mail.threadId)) threads.set(mail.threadId, mail);
  }
  return { pages, threads: [...threads.values()] };
}

/** Whether a mail is still shown after its labels were changed here, before the server has answered. */
function belongs({ labels }: MailSummary, box: Box, label: string | null): boolean {
  if (label !== null && !labels.includes(label)) return false;
  if (box === "inbox") return !labels.includes("archived") && !labels.includes("spam");
  if (box === "archive") return labels.includes("archived");
  return box !== "spam" || labels.includes("spam");
}

type MailListProps = ReturnType<typeof useThreads> & { openThreadId: string | null };

/** The middle pane. */
export function MailList({ pages, threads, openThreadId }: MailListProps) {
  const { params } = useMailParams();
  const title = params.label === null ? BOX_TITLES[params.box] : `Label ${params.label}`;
  return (
    <section aria-label={title} className="min-w-0">
      <div className="mb-2 flex items-center gap-2">
        <MailLink
          to={{ pane: "boxes" }}
          className="inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong/50 bg-surface px-2 font-medium lg:hidden"
        >
          <Menu className="size-4" aria-hidden /> {title}
        </MailLink>
        <SearchBox key={params.q} />
      </div>
      {pages.isPending ? <SkeletonRows rows={8} what="mail" /> : null}
      {pages.isError ? <ErrorNote error={errorOf(pages.error)} onRetry={() => pages.refetch()} /> : null}
      {pages.isSuccess && threads.length === 0 && !pages.hasNextPage ? <Nothing /> : null}
      {threads.length > 0 ? (
        <ul aria-label="Threads" className="overflow-hidden rounded-lg border border-line bg-surface">
          {threads.map((mail) => (
            <ThreadRow key={mail.threadId} mail={mail} isOpen={mail.threadId === openThreadId} />
          ))}
        </ul>
      ) : null}
      <ShowMore pages={pages} />
    </section>
  );
}

function SearchBox() {
  const { params, go } = useMailParams();
  const [text, setText] = useState(params.q);
  const search = (event: FormEvent) => {
    event.preventDefault();
    // Whoever looks for something looks everywhere; a box narrows it again.
    const q = text.trim();
    if (q !== params.q) go({ q, message: null, compose: null, ...(q === "" ? {} : { box: "all" as const }) });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not known to the axe rules for landmarks yet
    <form role="search" onSubmit={search} className="relative min-w-0 flex-1">
      <Search className="pointer-events-none absolute top-2 left-2 size-4 text-muted" aria-hidden />
      <input
        type="search"
        aria-label="Search mail"
        aria-keyshortcuts="/"
        placeholder="Search mail"
        maxLength={500}
        className="h-8 w-full rounded-md border border-line-strong/50 bg-surface pr-8 pl-8 placeholder:text-muted [&::-webkit-search-cancel-button]:hidden"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {params.q === "" ? null : (
        <Button
          variant="ghost"
          size="icon"
          className="absolute top-0 right-0"
          aria-label="Clear the search"
          onClick={() => go({ q: "", box: "inbox", message: null })}
        >
          <X />
        </Button>
      )}
    </form>
  );
}

function ThreadRow({ mail, isOpen }: { mail: MailSummary; isOpen: boolean }) {
  const { params } = useMailParams();
  const nameOf = useAgentNames();
  const unread = isUnread(mail);
  return (
    <li
      data-thread={mail.threadId}
      className={cn(
        "relative border-line border-b border-l-2 border-l-transparent px-3 py-2 last:border-b-0 hover:bg-raised/60",
        isOpen && "border-l-accent bg-raised",
      )}
    >
      <div className="flex items-baseline gap-2">
        <MailLink
          to={{ message: mail.id, compose: null, view: "text" }}
          aria-current={isOpen ? "true" : undefined}
          className={cn("min-w-0 flex-1 truncate after:absolute after:inset-0", unread && "font-semibold")}
        >
          {unread ? <span className="sr-only">Unread: </span> : null}
          {mail.direction === "INBOUND" ? mail.fromAddress : `To ${mail.toAddress}`}
        </MailLink>
        <span className="text-[0.75rem] text-muted">
          <Time at={mail.createdAt} format="short" />
        </span>
      </div>
      <p className={cn("flex items-center gap-1.5", unread && "font-medium")}>
        {unread ? <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-accent" /> : null}
        <span className="truncate">{subjectOf(mail)}</span>
        {mail.attachmentCount > 0 ? (
          <Paperclip className="size-3.5 shrink-0 text-muted" aria-label={`${mail.attachmentCount} attachments`} />
        ) : null}
      </p>
      <p className="truncate text-[0.8125rem] text-muted">{mail.snippet}</p>
      {mail.status === "QUEUED" ? (
        <p className="truncate text-[0.8125rem] text-warn">{waitingReason(mail.statusReason)}</p>
      ) : null}
      {mail.status === "BOUNCED" ? (
        <p className="truncate text-[0.8125rem] text-danger">{mail.statusReason ?? "Refused."}</p>
      ) : null}
      <div className="mt-0.5 flex flex-wrap items-center gap-1.5 empty:hidden">
        {mail.labels.includes("spam") ? <Badge tone="bad">spam</Badge> : null}
        <OwnLabels labels={mail.labels} />
        {params.agent === null ? (
          <span className="ml-auto truncate text-[0.75rem] text-muted">{nameOf(mail.agentId)}</span>
        ) : null}
      </div>
    </li>
  );
}

const EMPTY: Record<Box, [title: string, text: string]> = {
  inbox: ["Nothing here", "Mail to your agents shows up here by itself."],
  sent: ["Nothing was sent yet", "What has left this server stands here."],
  outbox: ["Nothing waits", "Every mail that was accepted has left, or was refused by the other side."],
  bounced: ["Nothing came back", "Mail that the other side refused for good stands here, with its words."],
  archive: ["Nothing is archived", "Archived mail leaves the inbox and stands here."],
  spam: ["No spam", "Mail that its sender's domain disowns stands here."],
  all: ["No mail", "Nothing fits."],
};

function Nothing() {
  const { params, go } = useMailParams();
  const [title, text] = EMPTY[params.box];
  const isNarrowed = params.q !== "" && params.box !== "all";
  const all = <Button onClick={() => go({ box: "all", label: null })}>Search all mail</Button>;
  return (
    <EmptyState title={params.q === "" ? title : "Nothing found"} action={isNarrowed ? all : undefined}>
      {params.q === "" ? text : `No mail ${isNarrowed ? "in this box " : ""}has all of these words.`}
    </EmptyState>
  );
}
