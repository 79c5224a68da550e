"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import type { AuditEvent } from "#server/domain/events/schemas.ts";
import { useEvents } from "../../../_lib/live.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { type EventSearch, fits } from "../../_components/events/search.ts";
import { liveInput, olderInput } from "./live-input.ts";
import { changeRows, firstRows, KEPT, type Rows } from "./rows.ts";
import type { useRate } from "./use-rate.ts";

// Events that come within a tenth of a second are drawn at once.
const DRAW_MS = 100;

export type LiveRows = {
  rows: Rows;
  /** Of the first list: what is shown cannot be trusted to be all until it has come. */
  start: ReturnType<typeof useStart>;
  hold: (held: boolean) => void;
  older: { load: () => void; state: "idle" | "loading" | "failed" };
};

/**
 * The newest list, read when the view has begun to hear what arrives: so nothing can fall between the two. What the page
 * was drawn with is shown until then.
 */
function useStart(search: EventSearch) {
  const trpc = useTRPC();
  return useQuery(
    trpc.events.list.queryOptions(liveInput(search), {
      staleTime: 0,
      gcTime: 0,
      refetchOnMount: "always",
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    }),
  );
}

/** The events that fit a search, as they come, at most KEPT of them. */
export function useLiveRows(search: EventSearch, rate: ReturnType<typeof useRate>): LiveRows {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const start = useStart(search);
  const [rows, change] = useReducer(changeRows, start.data, (page) =>
    firstRows(page?.items ?? [], page?.pagination.hasMore ?? false),
  );

  const arrived = useRef<AuditEvent[]>([]);
  const drawing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEvents((event) => {
    if (!fits(event, search)) return;
    rate.count(event);
    if (arrived.current.push(event) > KEPT) arrived.current.shift();
    drawing.current ??= setTimeout(() => {
      drawing.current = undefined;
      change({ kind: "arrived", events: arrived.current.splice(0) });
    }, DRAW_MS);
  });
  useEffect(
    () => () => {
      clearTimeout(drawing.current);
      drawing.current = undefined;
    },
    [],
  );

  const page = start.data;
  const { list } = rate;
  useEffect(() => {
    if (!page) return;
    list(page.items, page.pagination.hasMore);
    change({ kind: "listed", events: page.items, hasMore: page.pagination.hasMore });
  }, [page, list]);

  const [olderState, setOlderState] = useState<"idle" | "loading" | "failed">("idle");
  const oldest = rows.events.at(-1)?.seq;
  const canLoad = rows.hasOlder && rows.events.length < KEPT && oldest !== undefined && olderState !== "loading";
  const load = useCallback(() => {
    if (!canLoad) return;
    setOlderState("loading");
    queries.fetchQuery(trpc.events.list.queryOptions(olderInput(search, oldest), { gcTime: 0 })).then(
      ({ items, pagination }) => {
        change({ kind: "older", events: items, hasMore: pagination.hasMore });
        setOlderState("idle");
      },
      () => setOlderState("failed"),
    );
  }, [canLoad, oldest, queries, search, trpc]);

  const hold = useCallback((held: boolean) => change({ kind: "held", held }), []);
  return { rows, start, hold, older: { load, state: olderState } };
}
