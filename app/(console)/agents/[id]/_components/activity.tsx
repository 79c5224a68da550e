"use client";

import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { chainPath } from "../../../../_lib/chain-path.ts";
import { errorOf } from "../../../../_lib/errors.ts";
import { useEvents } from "../../../../_lib/live.tsx";
import { nextPage } from "../../../../_lib/paging.ts";
import { Time } from "../../../../_lib/time.tsx";
import { useTRPC } from "../../../../_lib/trpc.tsx";
import { type DataColumn, DataTable } from "../../../../_ui/data-table.tsx";
import { Link } from "../../../../_ui/link.tsx";
import { EmptyState, ErrorNote, SkeletonRows } from "../../../../_ui/states.tsx";
import { Channel } from "../../../_components/channel.tsx";
import { eventDetail } from "../../../_components/event-detail.ts";
import { EventName } from "../../../_components/event-name.tsx";
import { activityInput } from "./agent-page-view.ts";

type Page = { items: AuditEvent[]; pagination: { nextCursor: string | null; hasMore: boolean } };
type Pages = InfiniteData<Page, string | null>;

/** What an agent did and what was done to it, newest first, as it happens and as far back as one scrolls. */
export function Activity({ agentId }: { agentId: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const options = trpc.events.list.infiniteQueryOptions(activityInput(agentId), {
    ...nextPage,
    // The log brings what is new.
    refetchOnWindowFocus: false,
    structuralSharing: false,
  });
  const events = useInfiniteQuery(options);
  useEvents((event) => {
    if (event.agentId !== agentId) return;
    queryClient.setQueryData(options.queryKey, (data) => data && prepend(data, event));
  });
  const rows = useMemo(() => events.data?.pages.flatMap((page) => page.items) ?? [], [events.data]);
  if (events.isPending) return <SkeletonRows rows={8} what="activity" />;
  return (
    <>
      {events.isError ? (
        <div className="mb-3">
          <ErrorNote error={errorOf(events.error)} onRetry={() => events.fetchNextPage()} />
        </div>
      ) : null}
      {rows.length === 0 ? (
        <EmptyState title="It has done nothing yet">Its first mail shows up here.</EmptyState>
      ) : (
        <DataTable
          label="Activity"
          rows={rows}
          keyOf={idOf}
          columns={COLUMNS}
          shown={ALL}
          pages={events}
          toneOf={({ result }) => (result === "DENIED" ? "bg-danger-soft/60 hover:bg-danger-soft" : undefined)}
        />
      )}
    </>
  );
}

function prepend(data: Pages, event: AuditEvent): Pages {
  const [first, ...rest] = data.pages;
  if (!first || (first.items[0]?.seq ?? -1) >= event.seq) return data;
  return { ...data, pages: [{ ...first, items: [event, ...first.items] }, ...rest] };
}

const idOf = (event: AuditEvent) => event.id;

const COLUMNS: DataColumn<AuditEvent>[] = [
  {
    id: "time",
    name: "Time",
    width: "w-44",
    cell: (event) => (
      <span className="font-mono text-[0.75rem] text-muted">
        <Time at={event.ts} />
      </span>
    ),
  },
  { id: "channel", name: "Channel", width: "w-24", cell: (event) => <Channel channel={event.channel} /> },
  {
    id: "event",
    name: "Event",
    width: "md:w-64",
    narrow: true,
    cell: (event) => (
      <>
        <Link href={chainPath(event.correlationId, event.id)} className="after:absolute after:inset-0">
          <EventName event={event} />
        </Link>
        <span className="block truncate text-[0.75rem] text-muted md:hidden">
          <Time at={event.ts} /> {eventDetail(event)}
        </span>
      </>
    ),
  },
  {
    id: "detail",
    name: "Detail",
    cell: (event) => <span title={eventDetail(event)}>{eventDetail(event)}</span>,
  },
];
const ALL = new Set(COLUMNS.map(({ id }) => id));
