"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { nextPage } from "../../../_lib/paging.ts";
import { duration, Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Copyable } from "../../../_ui/copy.tsx";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { ChainEvent } from "./chain-event.tsx";
import { chainInput } from "./inputs.ts";

/** Everything that happened under one correlation id, in order. */
export function Chain({ correlationId }: { correlationId: string }) {
  const trpc = useTRPC();
  const nameOf = useAgentNames();
  const chain = useInfiniteQuery(trpc.events.list.infiniteQueryOptions(chainInput(correlationId), nextPage));
  if (chain.isPending) return <SkeletonRows rows={6} what="the chain" />;
  if (chain.isError) return <ErrorNote error={errorOf(chain.error)} onRetry={() => chain.refetch()} />;
  const events = chain.data.pages.flatMap((page) => page.items);
  const [first] = events;
  if (!first) {
    return (
      <EmptyState title="No events have this correlation id">
        Check that it was copied whole. It stands in the answer's header{" "}
        <code className="font-mono">x-correlation-id</code> of every call, and on every event.
      </EmptyState>
    );
  }
  const byId = new Map(events.map((event) => [event.id, event]));
  return (
    <section aria-label="Chain">
      <ChainSummary correlationId={correlationId} events={events} first={first} complete={!chain.hasNextPage} />
      <ol className="mt-4">
        {events.map((event, index) => (
          <ChainEvent
            key={event.id}
            event={event}
            sincePrevious={index === 0 ? null : millisecondsBetween(events[index - 1] ?? event, event)}
            cause={event.parentId ? (byId.get(event.parentId) ?? null) : null}
            agentName={event.agentId ? nameOf(event.agentId) : null}
            last={index === events.length - 1}
          />
        ))}
      </ol>
      <ShowMore pages={chain} label="Show later ones" />
    </section>
  );
}

function ChainSummary(props: { correlationId: string; events: AuditEvent[]; first: AuditEvent; complete: boolean }) {
  const { correlationId, events, first, complete } = props;
  const refused = events.filter((event) => event.result === "DENIED").length;
  const facts: [string, React.ReactNode][] = [
    ["Correlation id", <Copyable key="id" text={correlationId} what="correlation id" />],
    ["Began", <Time key="began" at={first.ts} />],
    ["Lasted", complete ? duration(millisecondsBetween(first, events.at(-1) ?? first)) : "more than is shown"],
    ["Events", `${events.length}${complete ? "" : "+"}${refused > 0 ? `, ${refused} refused` : ""}`],
    ["Channels", [...new Set(events.map((event) => event.channel))].join(", ")],
  ];
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3 rounded-lg border border-line bg-surface px-4 py-3">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-[0.75rem] text-muted">{name}</dt>
          <dd className="flex min-h-6 items-center tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function millisecondsBetween(from: AuditEvent, to: AuditEvent): number {
  return Math.max(0, Date.parse(to.ts) - Date.parse(from.ts));
}
