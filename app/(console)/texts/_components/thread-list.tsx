"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { ConversationSummary } from "#server/domain/sms/conversations.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { nextPage } from "../../../_lib/paging.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { Button } from "../../../_ui/button.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Link } from "../../../_ui/link.tsx";
import { SearchField } from "../../../_ui/search-field.tsx";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { AgentPicker } from "../../_components/events/agent-picker.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { listInput, searchOf } from "./params.ts";
import { TextsLink } from "./texts-link.tsx";
import { useTextsParams } from "./use-texts-params.ts";
import { reasonOf } from "./words.ts";

/** The conversations that the filters leave, the one with the newest text first. */
export function ThreadList() {
  const trpc = useTRPC();
  const { params } = useTextsParams();
  const pages = useInfiniteQuery(
    trpc.texts.list.infiniteQueryOptions(listInput(params), { ...nextPage, placeholderData: keepPreviousData }),
  );
  // A search may find a conversation on several pages: it is shown by the newest text that fits.
  const threads = new Map<string, ConversationSummary>();
  for (const thread of pages.data?.pages.flatMap((page) => page.items) ?? []) {
    if (!threads.has(thread.threadId)) threads.set(thread.threadId, thread);
  }
  return (
    <section aria-label="Conversations" className="min-w-0">
      <Filters />
      {pages.isPending ? <SkeletonRows rows={6} what="conversations" /> : null}
      {pages.isError ? <ErrorNote error={errorOf(pages.error)} onRetry={() => pages.refetch()} /> : null}
      {pages.isSuccess && threads.size === 0 && !pages.hasNextPage ? <Nothing /> : null}
      {threads.size > 0 && !pages.isError ? (
        <ul
          aria-label="Conversations"
          aria-busy={pages.isPlaceholderData}
          className={cn(
            "overflow-hidden rounded-lg border border-line bg-surface transition-opacity",
            pages.isPlaceholderData && "opacity-60",
          )}
        >
          {[...threads.values()].map((thread) => (
            <ThreadRow key={thread.threadId} thread={thread} isOpen={thread.threadId === params.thread} />
          ))}
        </ul>
      ) : null}
      <ShowMore pages={pages} />
    </section>
  );
}

function Filters() {
  const { params, go } = useTextsParams();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what go does never changes
  const onSearch = useCallback((text: string) => go({ ...searchOf(text), thread: null }), []);
  return (
    <div className="mb-3 grid gap-2">
      <div className="flex">
        <SearchField label="Search words or a number" value={params.number ?? params.q} onSearch={onSearch} />
      </div>
      <AgentPicker agent={params.agent} onChoose={(agent) => go({ agent, thread: null })} />
    </div>
  );
}

function ThreadRow({ thread, isOpen }: { thread: ConversationSummary; isOpen: boolean }) {
  const nameOf = useAgentNames();
  const { threadId, agentId, ours, theirs, last, optedOut } = thread;
  return (
    <li
      data-thread={threadId}
      className={cn(
        "relative border-line border-b border-l-2 border-l-transparent px-3 py-2 last:border-b-0 hover:bg-raised/60",
        isOpen && "border-l-accent bg-raised",
      )}
    >
      <div className="flex items-baseline gap-2">
        <TextsLink
          to={{ thread: threadId, compose: null }}
          aria-current={isOpen ? "true" : undefined}
          className="min-w-0 flex-1 truncate font-medium font-mono text-[0.8125rem] after:absolute after:inset-0"
        >
          {theirs.display}
        </TextsLink>
        <span className="text-[0.75rem] text-muted">
          <Time at={last.at} format="short" />
        </span>
      </div>
      <p className="truncate">
        {last.direction === "OUTBOUND" ? <span className="text-muted">Sent: </span> : null}
        {last.body || "(a picture)"}
      </p>
      {last.status === "FAILED" ? (
        <p className="truncate text-[0.8125rem] text-danger">
          Failed{last.statusReason ? `: ${reasonOf(last.statusReason) ?? last.statusReason}` : ""}
        </p>
      ) : null}
      <p className="mt-0.5 flex items-center gap-1.5 text-[0.75rem] text-muted">
        <span className="truncate">{nameOf(agentId)}</span>
        <span className="shrink-0 font-mono">{ours.display}</span>
        {optedOut ? (
          <span className="ml-auto">
            <Badge tone="bad">opted out</Badge>
          </span>
        ) : null}
      </p>
    </li>
  );
}

function Nothing() {
  const trpc = useTRPC();
  const { params, go } = useTextsParams();
  const numbers = useQuery(trpc.numbers.overview.queryOptions());
  if (params.q !== "" || params.number !== null || params.agent !== null) {
    return (
      <EmptyState
        title="Nothing found"
        action={<Button onClick={() => go({ q: "", number: null, agent: null })}>Show all conversations</Button>}
      >
        No conversation has these words or this number, or none of this agent's does.
      </EmptyState>
    );
  }
  if (numbers.data?.items.length === 0) {
    return (
      <EmptyState
        title="No texts yet"
        action={
          <Button variant="primary" asChild>
            <Link href="/numbers?buy=new">Get a number</Link>
          </Button>
        }
      >
        Agents text from a number of their own, and none has one yet.
      </EmptyState>
    );
  }
  return <EmptyState title="No texts yet">What agents send and people answer stands here by itself.</EmptyState>;
}
