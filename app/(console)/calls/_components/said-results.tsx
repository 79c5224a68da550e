"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { errorOf } from "../../../_lib/errors.ts";
import { lengthText } from "../../../_lib/numbers.ts";
import { Time } from "../../../_lib/time.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Link } from "../../../_ui/link.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { Direction } from "./call-columns.tsx";
import { CallState } from "./call-state.tsx";
import { personOf } from "./call-words.ts";
import { type CallsView, saidInput } from "./calls-view.ts";

/** Calls in which the words were said, best first, with where they were said. */
export function SaidResults({ view }: { view: CallsView }) {
  const trpc = useTRPC();
  const nameOf = useAgentNames();
  const found = useQuery(trpc.calls.search.queryOptions(saidInput(view), { placeholderData: keepPreviousData }));
  if (found.isPending) return <SkeletonRows rows={5} what="calls" />;
  if (found.isError) return <ErrorNote error={errorOf(found.error)} onRetry={() => found.refetch()} />;
  if (found.data.results.length === 0) {
    return (
      <EmptyState title="Nobody said that">
        No call has all of these words in one thing that was said. A number finds the calls from and to it.
      </EmptyState>
    );
  }
  return (
    <ul aria-label="Calls with these words" className="overflow-hidden rounded-lg border border-line bg-surface">
      {found.data.results.map(({ call, segments }) => (
        <li
          key={call.id}
          className="relative grid gap-1 border-line border-b px-4 py-2.5 last:border-b-0 hover:bg-raised/60"
        >
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="flex items-center gap-2">
              <Direction direction={call.direction} />
              <Link href={`/calls/${call.id}`} className="font-mono text-[0.8125rem] after:absolute after:inset-0">
                {personOf(call)}
              </Link>
            </span>
            <span className="text-[0.8125rem] text-muted">{nameOf(call.agentId)}</span>
            <CallState call={call} />
            <span className="ml-auto text-[0.8125rem] text-muted">
              <Time at={call.startedAt} format="relative" />
            </span>
          </div>
          {segments.map((segment) => (
            <p key={`${segment.startTime} ${segment.text}`} className="text-[0.8125rem]">
              <span className="text-muted tabular-nums">
                {lengthText(segment.startTime)} {segment.speaker === "agent" ? "Agent" : "Person"}:
              </span>{" "}
              {segment.text}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}
