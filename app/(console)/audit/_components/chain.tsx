"use client";

import { List, Waypoints } from "lucide-react";
import { type ReactNode, useId, useMemo, useSyncExternalStore } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { chainPath } from "../../../_lib/chain-path.ts";
import { useLiveState } from "../../../_lib/live.tsx";
import { CopyButton } from "../../../_ui/copy.tsx";
import { Segmented } from "../../../_ui/segmented.tsx";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { EVERYTHING } from "../../_components/events/search.ts";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { ChainGraph } from "./chain-graph.tsx";
import { ChainList } from "./chain-list.tsx";
import type { ChainModel } from "./chain-model.ts";
import { EventPanel } from "./chain-panel.tsx";
import { ChainSummary } from "./chain-summary.tsx";
import { ExportEvents } from "./export-events.tsx";
import { LOADED_AT_ONCE, type LoadedChain, useChain } from "./use-chain.ts";
import { type ChainPlace, useChainPlace, useIsWide, type View } from "./use-chain-place.ts";

/** Everything that happened under one correlation id, as a graph or as a list, and one event of it in full. */
export function Chain({ correlationId }: { correlationId: string }) {
  const chain = useChain(correlationId);
  const { model } = chain;
  if (!model) {
    return chain.error ? (
      <ErrorNote error={chain.error} onRetry={chain.retry} />
    ) : (
      <SkeletonRows rows={6} what="the chain" />
    );
  }
  if (model.nodes.length === 0) {
    return (
      <EmptyState title="No events have this correlation id">
        Check that it was copied whole. It stands in the answer's header{" "}
        <code className="font-mono">x-correlation-id</code> of every call, and on every event.
      </EmptyState>
    );
  }
  return <Loaded correlationId={correlationId} chain={chain} model={model} />;
}

type LoadedProps = { correlationId: string; chain: LoadedChain; model: ChainModel };

function Loaded({ correlationId, chain, model }: LoadedProps) {
  const nameOf = useAgentNames();
  const place = useChainPlace();
  const isWide = useIsWide();
  const view: View = place.view ?? (isWide === false ? "list" : "graph");
  // Before the width is known both are drawn, and the style sheet shows one.
  const isOpen = place.view === null && isWide === null;
  const panelId = useId();
  const arrived = useMemo(() => new Set(chain.arrived.map(({ id }) => id)), [chain.arrived]);
  const selected = place.eventId === null ? null : model.byId.get(place.eventId);
  const common = { model, nameOf, selectedId: place.eventId, select: place.select, panelId };
  const panel = selected ? (
    <EventPanel
      id={panelId}
      node={selected}
      nameOf={nameOf}
      select={place.select}
      isBesideDetail={view === "list"}
      recordForm={place.recordForm}
      setRecordForm={place.setRecordForm}
    />
  ) : null;
  return (
    <section aria-label="Chain">
      <ChainSummary correlationId={correlationId} model={model} isWhole={chain.extent === "whole"} />
      <Toolbar correlationId={correlationId} place={place} view={view} chain={chain} />
      {chain.error ? (
        <div className="mb-3">
          <ErrorNote error={chain.error} onRetry={chain.retry} />
        </div>
      ) : null}
      {chain.extent === "cut" ? <Cut count={model.nodes.length} view={view} setView={place.setView} /> : null}
      {selected === undefined && chain.extent !== "loading" ? <Elsewhere eventId={place.eventId ?? ""} /> : null}
      {isOpen || view === "graph" ? (
        <div className={isOpen ? "max-lg:hidden" : undefined}>
          <ChainGraph {...common} arrived={arrived} />
          {panel ? <div className="mt-4 rounded-lg border border-line bg-surface px-4 py-3">{panel}</div> : null}
        </div>
      ) : null}
      {isOpen || view === "list" ? (
        <div className={isOpen ? "lg:hidden" : undefined}>
          <ChainList {...common} panel={isOpen ? null : panel} />
          {chain.extent === "cut" ? (
            <ShowMore
              pages={{ hasNextPage: true, isFetchingNextPage: chain.isLoadingMore, fetchNextPage: chain.loadMore }}
              label="Show later ones"
            />
          ) : null}
        </div>
      ) : null}
    </section>
  );
}

const VIEW_OPTIONS = [
  {
    value: "graph",
    text: (
      <>
        <Waypoints aria-hidden /> Graph
      </>
    ),
  },
  {
    value: "list",
    text: (
      <>
        <List aria-hidden /> List
      </>
    ),
  },
] as const satisfies { value: View; text: ReactNode }[];

type ToolbarProps = { correlationId: string; place: ChainPlace; view: View; chain: LoadedChain };

function Toolbar({ correlationId, place, view, chain }: ToolbarProps) {
  const origin = useOrigin();
  return (
    <div className="my-3 flex flex-wrap items-center gap-x-4 gap-y-2">
      <Segmented label="Form of the chain" value={view} onChange={place.setView} options={VIEW_OPTIONS} />
      <CopyButton text={origin + chainPath(correlationId, place.eventId, view)} what="link" label />
      <ExportEvents search={{ ...EVERYTHING, correlation: correlationId }} order="asc" />
      <Extent chain={chain} />
    </div>
  );
}

/** Whether the chain is all here, and still grows. */
function Extent({ chain: { extent, model, arrived } }: { chain: LoadedChain }) {
  const state = useLiveState();
  const last = arrived.at(-1);
  return (
    <div className="flex items-center gap-2 text-[0.8125rem] text-muted sm:ml-auto">
      <span className="sr-only" aria-live="polite">
        {last ? announce(last, arrived.length) : ""}
      </span>
      {extent === "loading" ? `${model?.nodes.length ?? 0} events, more are loading…` : null}
      {extent === "whole" ? (
        <>
          <span
            aria-hidden
            className={state === "live" ? "size-1.5 rounded-full bg-accent" : "size-1.5 rounded-full bg-warn"}
          />
          {state === "live" ? "New events appear as they happen" : "New events appear once the connection stands"}
        </>
      ) : null}
    </div>
  );
}

function announce(event: AuditEvent, count: number): string {
  return `New event: ${event.event}${count > 1 ? `, ${count} since the page is open` : ""}`;
}

function Cut({ count, view, setView }: { count: number; view: View; setView: (view: View) => void }) {
  return (
    <p className="mb-3 rounded-md border border-line bg-warn-soft px-3 py-2 text-[0.8125rem]">
      This chain has more than {LOADED_AT_ONCE.toLocaleString("en")} events; the first {count.toLocaleString("en")} are
      shown, and an export has them all.{" "}
      {view === "graph" ? (
        <button type="button" className="underline underline-offset-2" onClick={() => setView("list")}>
          The list goes on from there.
        </button>
      ) : (
        "Later ones can be shown at the end of the list."
      )}
    </p>
  );
}

function Elsewhere({ eventId }: { eventId: string }) {
  return (
    <p role="status" className="mb-3 rounded-md border border-line bg-raised px-3 py-2 text-[0.8125rem]">
      The event <code className="break-all font-mono">{eventId}</code> is not among the events of this chain.
    </p>
  );
}

const never = () => () => {};

/** The address of this server as the browser has it. */
function useOrigin(): string {
  return useSyncExternalStore(
    never,
    () => window.location.origin,
    () => "",
  );
}
