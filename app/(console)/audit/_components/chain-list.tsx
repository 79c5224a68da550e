"use client";

import { ChevronRight, CornerUpLeft } from "lucide-react";
import { memo, type ReactNode, useEffect, useRef } from "react";
import { duration, Time } from "../../../_lib/time.tsx";
import { Badge } from "../../../_ui/badge.tsx";
import { cn } from "../../../_ui/cn.ts";
import { Link } from "../../../_ui/link.tsx";
import { Channel } from "../../_components/channel.tsx";
import { eventDetail } from "../../_components/event-detail.ts";
import { BREAK_AFTER_MS } from "./chain-layout.ts";
import { ResultMark } from "./chain-marks.tsx";
import { type ChainModel, type ChainNode, DIRECTION_WORDS, RESULT_WORDS } from "./chain-model.ts";

type ListProps = {
  model: ChainModel;
  nameOf: (agentId: string) => string;
  selectedId: string | null;
  select: (eventId: string | null) => void;
  panelId: string;
  /** What stands below the event that is open. */
  panel: ReactNode;
};

/** A chain in words, in order: what the graph shows, for small screens, screen readers, and before any script runs. */
export function ChainList({ model, nameOf, selectedId, select, panelId, panel }: ListProps) {
  // Only where the page begins: later the reader is already there.
  const linkedTo = useRef(selectedId);
  useEffect(() => {
    if (linkedTo.current) document.getElementById(linkedTo.current)?.scrollIntoView({ block: "nearest" });
  }, []);
  const { nodes } = model;
  return (
    <ol aria-label="Events of the chain">
      {nodes.map((node) => (
        <Entry
          key={node.id}
          node={node}
          isLast={node.index === nodes.length - 1}
          agentName={node.event.agentId ? nameOf(node.event.agentId) : null}
          isSelected={node.id === selectedId}
          select={select}
          panelId={panelId}
          panel={node.id === selectedId ? panel : null}
        />
      ))}
    </ol>
  );
}

type EntryProps = Pick<ListProps, "select" | "panelId" | "panel"> & {
  node: ChainNode;
  isLast: boolean;
  agentName: string | null;
  isSelected: boolean;
};

const Entry = memo(function Entry({ node, isLast, agentName, isSelected, select, panelId, panel }: EntryProps) {
  const { event, sincePrevious } = node;
  const isRefused = event.result === "DENIED";
  const detail = eventDetail(event);
  return (
    <li
      id={node.id}
      className="grid scroll-mt-4 grid-cols-[1rem_minmax(0,1fr)] gap-x-3 [contain-intrinsic-size:auto_5.5rem] [content-visibility:auto] md:grid-cols-[7rem_1rem_minmax(0,1fr)]"
    >
      <div className="hidden pt-2.5 text-right font-mono text-[0.75rem] text-muted md:block">
        <When node={node} />
      </div>
      <div className="relative flex justify-center" aria-hidden>
        <span
          className={cn(
            "absolute w-px bg-line-strong/40",
            sincePrevious === null ? "top-5" : "top-0",
            isLast ? "h-5" : "bottom-0",
          )}
        />
        <ResultMark result={event.result} className="relative mt-3.5 rounded-full bg-canvas ring-4 ring-canvas" />
      </div>
      <div
        className={cn(
          "mb-2 min-w-0 rounded-lg border bg-surface px-4 py-2.5",
          isRefused ? "border-danger/50 bg-danger-soft" : "border-line",
          isSelected && "border-ink",
        )}
      >
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-mono text-[0.8125rem]">{event.event}</span>
          {event.result === "SUCCESS" ? null : (
            <Badge tone={isRefused ? "bad" : "warn"}>{RESULT_WORDS[event.result]}</Badge>
          )}
          <Channel channel={event.channel} />
          {event.direction ? (
            <span className="text-[0.75rem] text-muted">{DIRECTION_WORDS[event.direction]}</span>
          ) : null}
          <span className="font-mono text-[0.75rem] text-muted md:hidden">
            <When node={node} />
          </span>
          {event.agentId && agentName ? (
            <Link
              href={`/agents/${event.agentId}`}
              className="max-w-full truncate text-[0.8125rem] underline-offset-2 hover:underline md:ml-auto"
            >
              {agentName}
            </Link>
          ) : (
            <span className="max-w-full truncate text-[0.8125rem] text-muted md:ml-auto">
              {event.actorType} {event.actorId}
            </span>
          )}
        </div>
        {node.reason ? (
          <p className={cn("mt-1 font-mono text-[0.75rem]", isRefused ? "text-danger" : "text-warn")}>{node.reason}</p>
        ) : null}
        {detail ? <p className="mt-1 break-words">{detail}</p> : null}
        <div className="mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-1 text-[0.8125rem] text-muted">
          <button
            type="button"
            aria-expanded={isSelected}
            aria-controls={isSelected ? panelId : undefined}
            onClick={() => select(isSelected ? null : node.id)}
            className="-ml-1 inline-flex h-6 items-center gap-1 rounded pr-1.5 hover:text-ink"
          >
            <ChevronRight className={cn("size-3.5 transition-transform", isSelected && "rotate-90")} aria-hidden />
            Details
            <span className="sr-only">
              {" "}
              of {event.event}, number {event.seq}
            </span>
          </button>
          <Cause node={node} />
          {node.effects.length > 0 ? (
            <span>
              {node.effects.length} {node.effects.length === 1 ? "effect" : "effects"}
            </span>
          ) : null}
          <span className="ml-auto font-mono text-[0.75rem] tabular-nums">#{event.seq}</span>
        </div>
      </div>
      {panel ? (
        <div className="col-start-2 mb-4 min-w-0 rounded-lg border border-line bg-surface px-4 py-3 md:col-start-3">
          {panel}
        </div>
      ) : null}
    </li>
  );
});

function Cause({ node: { cause, isReply, sinceCause } }: { node: ChainNode }) {
  if (!cause) return null;
  return (
    <span>
      {isReply ? <CornerUpLeft className="mr-1 inline size-3.5 text-accent" aria-hidden /> : null}
      {isReply ? "answers" : "caused by"}{" "}
      <a href={`#${cause.id}`} className="font-mono text-[0.75rem] underline underline-offset-2">
        {cause.event.event}
      </a>{" "}
      {sinceCause === null ? null : <span className="tabular-nums">after {duration(sinceCause)}</span>}
    </span>
  );
}

function When({ node: { event, sincePrevious } }: { node: ChainNode }) {
  return (
    <>
      {sincePrevious === null || sincePrevious >= BREAK_AFTER_MS ? (
        <span className="mr-2 md:mr-0 md:block">
          <Time at={event.ts} format="day" />
        </span>
      ) : null}
      <Time at={event.ts} format="clock" />
      {sincePrevious === null ? null : (
        <span className="ml-2 tabular-nums md:ml-0 md:block">+{duration(sincePrevious)}</span>
      )}
    </>
  );
}
