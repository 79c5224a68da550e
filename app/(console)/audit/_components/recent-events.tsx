"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { errorOf } from "../../../_lib/errors.ts";
import { nextPage } from "../../../_lib/paging.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { ShowMore } from "../../../_ui/show-more.tsx";
import { ErrorNote, SkeletonRows } from "../../../_ui/states.tsx";
import { EventTable } from "../../_components/event-table.tsx";
import { useAgentNames } from "../../_components/use-agent-names.ts";
import { recentInput } from "./inputs.ts";

/** The whole log, newest first. */
export function RecentEvents() {
  const trpc = useTRPC();
  const nameOf = useAgentNames();
  const log = useInfiniteQuery(trpc.events.list.infiniteQueryOptions(recentInput, nextPage));
  if (log.isPending) return <SkeletonRows rows={10} what="events" />;
  if (log.isError) return <ErrorNote error={errorOf(log.error)} onRetry={() => log.refetch()} />;
  return (
    <>
      <EventTable events={log.data.pages.flatMap((page) => page.items)} nameOf={nameOf} />
      <ShowMore pages={log} label="Show earlier ones" />
    </>
  );
}
