"use client";

import { ArrowUp, Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { errorOf } from "../../../_lib/errors.ts";
import { useLiveState } from "../../../_lib/live.tsx";
import { Button } from "../../../_ui/button.tsx";
import { Link } from "../../../_ui/link.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { EventChoices } from "../../_components/events/event-choices.tsx";
import { EventNameField } from "../../_components/events/event-name-field.tsx";
import { EventRows, type EventRowsHandle } from "../../_components/events/event-rows.tsx";
import { EVERYTHING, type EventSearch, isNarrowed, pathOf } from "../../_components/events/search.ts";
import { useSearch } from "../../_components/events/use-search.ts";
import { PageHead } from "../../_components/page-head.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { Announcer } from "./announcer.tsx";
import { Connection } from "./connection.tsx";
import { RateLine } from "./rate-line.tsx";
import { KEPT } from "./rows.ts";
import { type LiveRows, useLiveRows } from "./use-live-rows.ts";
import { useRate } from "./use-rate.ts";

/** The log as it happens. */
export function LiveActivity() {
  const [search, change] = useSearch();
  return (
    <>
      <PageHead title="Live activity" action={<Connection state={useLiveState()} />}>
        Every action and every refusal, the moment it is logged. A row opens its chain.
      </PageHead>
      {/* Another search is another list. */}
      <Stream key={JSON.stringify(search)} search={search} onSearch={change} />
    </>
  );
}

type Searching = { search: EventSearch; onSearch: (change: Partial<EventSearch>) => void };

function Stream({ search, onSearch }: Searching) {
  const rate = useRate();
  const live = useLiveRows(search, rate);
  const [isPaused, setPaused] = useState(false);
  const [isReading, setReading] = useState(false);
  const list = useRef<EventRowsHandle>(null);
  const { rows, start, hold } = live;
  const isHeld = isPaused || isReading;
  useEffect(() => hold(isHeld), [hold, isHeld]);
  const toNewest = () => {
    setPaused(false);
    list.current?.toTop();
  };
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <EventChoices search={search} onChange={onSearch} />
        <EventNameField name={search.name} seen={rows.events} onChange={(name) => onSearch({ name })} />
        {isNarrowed(search) ? (
          <Button variant="ghost" size="sm" onClick={() => onSearch(EVERYTHING)}>
            Clear filters
          </Button>
        ) : null}
        <div className="ml-auto flex items-center gap-3">
          <RateLine rate={rate.rate} />
          <Button size="sm" onClick={() => setPaused(!isPaused)}>
            {isPaused ? <Play /> : <Pause />}
            {isPaused ? "Follow" : "Pause"}
          </Button>
        </div>
      </div>
      {start.isError && rows.events.length === 0 ? (
        <ErrorNote error={errorOf(start.error)} onRetry={() => start.refetch()} />
      ) : start.isPending ? (
        <SkeletonRows rows={12} what="activity" />
      ) : rows.events.length === 0 && rows.waitingCount === 0 ? (
        <Nothing search={search} />
      ) : (
        <div className="relative">
          {isHeld ? (
            <Button
              size="sm"
              className="absolute top-2 left-1/2 z-10 -translate-x-1/2 shadow-md md:top-11"
              onClick={toNewest}
            >
              <ArrowUp />
              Jump to newest
              <span className="font-mono text-[0.75rem] tabular-nums">{rows.waitingCount} new</span>
            </Button>
          ) : null}
          <Rows live={live} search={search} handle={list} onReading={setReading} />
        </div>
      )}
      <Announcer search={search} />
    </>
  );
}

type RowsProps = {
  live: LiveRows;
  search: EventSearch;
  handle: React.Ref<EventRowsHandle>;
  onReading: (reading: boolean) => void;
};

function Rows({ live, search, handle, onReading }: RowsProps) {
  const { rows, older } = live;
  return (
    <EventRows
      ref={handle}
      label="Events"
      time="clock"
      className="h-[70dvh] md:h-[calc(100dvh-14.5rem)] md:min-h-80"
      events={rows.events}
      nameOf={useAgentNames()}
      onReading={onReading}
      onEnd={older.state === "idle" ? older.load : undefined}
    >
      <p className="flex h-11 items-center gap-3 px-4 text-[0.8125rem] text-muted">
        {rows.events.length >= KEPT ? (
          <>
            The {KEPT.toLocaleString("en")} newest are kept here.
            <Link href={pathOf("/audit", search)} className="underline underline-offset-2">
              Audit has them all
            </Link>
          </>
        ) : older.state === "failed" ? (
          <>
            Earlier events could not be read.
            <Button size="sm" onClick={older.load}>
              Try again
            </Button>
          </>
        ) : rows.hasOlder ? (
          "Reading earlier events…"
        ) : (
          "Nothing earlier."
        )}
      </p>
    </EventRows>
  );
}

function Nothing({ search }: { search: EventSearch }) {
  if (!isNarrowed(search)) {
    return <EmptyState title="Nothing has happened yet">What your agents do shows up here by itself.</EmptyState>;
  }
  return <EmptyState title="Nothing fits these filters yet">What fits shows up here the moment it happens.</EmptyState>;
}
