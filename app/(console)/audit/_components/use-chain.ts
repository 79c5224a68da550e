"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import type { ErrorView } from "#server/trpc/errors.ts";
import { errorOf } from "../../../_lib/errors.ts";
import { useEvents } from "../../../_lib/live.tsx";
import { nextPage } from "../../../_lib/paging.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { type ChainModel, chainModel } from "./chain-model.ts";
import { chainInput } from "./inputs.ts";

/** So many events of a chain are loaded without being asked for; the list goes on from there page by page. */
export const LOADED_AT_ONCE = 2_000;
/** Events that arrive together are drawn together. */
const GATHER_MS = 80;
const NOTHING: readonly AuditEvent[] = [];

export type LoadedChain = {
  /** Null until the first page is there. */
  model: ChainModel | null;
  error: ErrorView | null;
  retry(): void;
  /** `loading`: more pages are on their way; `cut`: there are more than are loaded at once. */
  extent: "loading" | "cut" | "whole";
  loadMore(): void;
  isLoadingMore: boolean;
  /** What happened since the page is open, oldest first. */
  arrived: readonly AuditEvent[];
};

/** The events of a correlation id: all pages up to a limit, then whatever happens while the page is open, each once. */
export function useChain(correlationId: string): LoadedChain {
  const trpc = useTRPC();
  const options = trpc.events.list.infiniteQueryOptions(chainInput(correlationId), nextPage);
  // Read again once the page listens: what happened between its rendering and that moment is in neither.
  const pages = useInfiniteQuery({ ...options, refetchOnMount: "always" });
  const arrived = useArrivals(correlationId);

  const loaded = useMemo(() => pages.data?.pages.flatMap((page) => page.items), [pages.data]);
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages;
  const wantsMore = hasNextPage && (loaded?.length ?? 0) < LOADED_AT_ONCE;
  useEffect(() => {
    if (wantsMore && !isFetching && !isError) void fetchNextPage();
  }, [wantsMore, isFetching, isError, fetchNextPage]);

  // Where the end of the chain is not loaded, what happens now would stand behind a gap.
  const following = hasNextPage ? NOTHING : arrived;
  const model = useMemo(() => (loaded ? chainModel([...loaded, ...following]) : null), [loaded, following]);
  return {
    model,
    error: pages.error ? errorOf(pages.error) : null,
    retry: () => void (pages.isFetchNextPageError ? fetchNextPage() : pages.refetch()),
    extent: hasNextPage ? (wantsMore ? "loading" : "cut") : "whole",
    loadMore: () => void fetchNextPage(),
    isLoadingMore: pages.isFetchingNextPage,
    arrived,
  };
}

function useArrivals(correlationId: string): readonly AuditEvent[] {
  const [arrived, setArrived] = useState<readonly AuditEvent[]>([]);
  const gathered = useRef<AuditEvent[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEvents((event) => {
    if (event.correlationId !== correlationId) return;
    gathered.current.push(event);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const together = gathered.current;
      gathered.current = [];
      setArrived((before) => [...before, ...together]);
    }, GATHER_MS);
  });
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return arrived;
}
