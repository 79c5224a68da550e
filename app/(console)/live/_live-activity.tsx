"use client";

import { useQuery } from "@tanstack/react-query";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { errorOf } from "../../_lib/errors.ts";
import { useTRPC } from "../../_lib/trpc.tsx";
import { type LiveState, useLiveEvents } from "../../_lib/use-live-events.ts";
import { cn } from "../../_ui/cn.ts";
import { EmptyState, ErrorNote, SkeletonRows } from "../../_ui/states.tsx";
import { EventTable } from "../_components/event-table.tsx";
import { PageHead } from "../_components/page-head.tsx";
import { useAgentNames } from "../_components/use-agent-names.ts";
import { LIVE_START } from "./_live-start.ts";

const KEPT_EVENTS = 500;

/** The log as it happens. */
export function LiveActivity() {
  const trpc = useTRPC();
  // Fresh at every visit: the stream continues from what this shows.
  const start = useQuery(trpc.events.list.queryOptions(LIVE_START, { staleTime: 0, refetchOnWindowFocus: false }));
  if (start.isError && !start.data) {
    return (
      <>
        <PageHead title="Live activity" />
        <ErrorNote error={errorOf(start.error)} onRetry={() => start.refetch()} />
      </>
    );
  }
  if (!start.data) {
    return (
      <>
        <PageHead title="Live activity" />
        <SkeletonRows rows={8} what="activity" />
      </>
    );
  }
  return <Stream initial={start.data.items} />;
}

function Stream({ initial }: { initial: AuditEvent[] }) {
  const { events, state } = useLiveEvents(initial, KEPT_EVENTS);
  const nameOf = useAgentNames();
  return (
    <>
      <PageHead title="Live activity" action={<Connection state={state} />}>
        Every action and every refusal, the moment it is logged. A row opens its chain.
      </PageHead>
      {events.length === 0 ? (
        <EmptyState title="Nothing has happened yet">What your agents do shows up here by itself.</EmptyState>
      ) : (
        <EventTable events={events} nameOf={nameOf} />
      )}
      {events.length === KEPT_EVENTS ? (
        <p className="mt-2 text-[0.8125rem] text-muted">
          The newest {KEPT_EVENTS} are shown; the audit page has them all.
        </p>
      ) : null}
    </>
  );
}

const WORDS: Record<LiveState, string> = { connecting: "connecting", live: "live", reconnecting: "reconnecting" };

function Connection({ state }: { state: LiveState }) {
  return (
    <span
      role="status"
      data-state={state}
      className="inline-flex items-center gap-2 rounded-full border border-line bg-surface px-2.5 py-1 font-mono text-[0.75rem]"
    >
      <span
        aria-hidden
        className={cn("size-2 rounded-full", state === "live" ? "bg-accent" : "motion-safe:animate-pulse bg-warn")}
      />
      {WORDS[state]}
    </span>
  );
}
