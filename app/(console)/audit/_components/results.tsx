"use client";

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { errorOf } from "../../../_lib/errors.ts";
import { useEvents } from "../../../_lib/live.tsx";
import { nextPage } from "../../../_lib/paging.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { Button } from "../../../_ui/button.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { EventRows } from "../../_components/events/event-rows.tsx";
import { EVERYTHING, type EventSearch, fits, isNarrowed } from "../../_components/events/search.ts";
import { useSearch } from "../../_components/events/use-search.ts";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { ExportEvents } from "./export-events.tsx";
import { resultsInput } from "./inputs.ts";

/** The events that fit the search in the address bar, newest first, read further as one scrolls. */
export function Results() {
  const [search, change] = useSearch();
  return <Found key={JSON.stringify(search)} search={search} onClear={() => change(EVERYTHING)} />;
}

function Found({ search, onClear }: { search: EventSearch; onClear: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const nameOf = useAgentNames();
  const options = trpc.events.list.infiniteQueryOptions(resultsInput(search), nextPage);
  // Read again only when asked to: all pages at once, and what somebody reads would move.
  const log = useInfiniteQuery({ ...options, refetchOnWindowFocus: false, refetchOnReconnect: false });
  const [newer, setNewer] = useState(0);
  useEvents((event) => {
    if (fits(event, search)) setNewer((count) => count + 1);
  });
  if (log.isPending) return <SkeletonRows rows={12} what="events" />;
  if (log.isError && !log.data) return <ErrorNote error={errorOf(log.error)} onRetry={() => log.refetch()} />;

  const events = log.data.pages.flatMap((page) => page.items);
  const showNewer = () => {
    setNewer(0);
    void queries.resetQueries({ queryKey: options.queryKey });
  };
  return (
    <>
      <div className="mb-2 flex min-h-8 flex-wrap items-center gap-3 text-[0.8125rem] text-muted">
        <p className="tabular-nums">
          {events.length.toLocaleString("en")}
          {log.hasNextPage ? "+" : ""} {events.length === 1 && !log.hasNextPage ? "event" : "events"}
        </p>
        {newer > 0 ? (
          <Button size="sm" onClick={showNewer}>
            Show {newer.toLocaleString("en")} newer
          </Button>
        ) : null}
        <div className="ml-auto">
          <ExportEvents search={search} order="desc" />
        </div>
      </div>
      {events.length === 0 ? (
        <NothingFound search={search} onClear={onClear} />
      ) : (
        <EventRows
          label="Events"
          time="full"
          keepsPlace
          className="h-[70dvh] md:h-[calc(100dvh-19.5rem)] md:min-h-80"
          events={events}
          nameOf={nameOf}
          onEnd={log.hasNextPage && !log.isFetchingNextPage && !log.isError ? log.fetchNextPage : undefined}
        >
          <div className="flex min-h-11 items-center px-4 text-[0.8125rem] text-muted">
            {log.isError ? (
              <ErrorNote error={errorOf(log.error)} onRetry={() => log.fetchNextPage()} />
            ) : log.hasNextPage ? (
              "Reading earlier events…"
            ) : (
              "Nothing earlier."
            )}
          </div>
        </EventRows>
      )}
    </>
  );
}

function NothingFound({ search, onClear }: { search: EventSearch; onClear: () => void }) {
  if (!isNarrowed(search)) {
    return <EmptyState title="Nothing has happened yet">Every action and refusal is logged here.</EmptyState>;
  }
  return (
    <EmptyState title="No event fits this search" action={<Button onClick={onClear}>All events</Button>}>
      Ids are compared whole, event names too: <code className="font-mono">email.sent</code>, not{" "}
      <code className="font-mono">sent</code>.
    </EmptyState>
  );
}
