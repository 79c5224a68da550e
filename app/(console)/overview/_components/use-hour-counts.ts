"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useEvents, useLiveState } from "../../../_lib/live.tsx";
import { useTRPC } from "../../../_lib/trpc.tsx";
import type { LaterEvent } from "./series.ts";

const REDRAW_MS = 200;
// From here on it is cheaper to ask for the counts again than to keep the events.
const MANY = 1_000;
const LEAST_WAIT_MS = 1_000;

/**
 * What happened in the last 24 hours as the server has counted it, and every event since, each once. The counts say which
 * number they end with; they are read again when the stream of events has a gap, was interrupted, or an hour is over.
 */
export function useHourCounts() {
  const trpc = useTRPC();
  const counts = useQuery(
    trpc.overview.counts.queryOptions(
      {},
      {
        // What happened between the drawing of the page and here is in neither.
        refetchOnMount: "always",
        // The hour ends by the server's clock, not by the browser's.
        refetchInterval: ({ state: { data } }) =>
          data ? Math.max(LEAST_WAIT_MS, Date.parse(data.to) - Date.parse(data.asOf)) : false,
      },
    ),
  );
  const { refetch } = counts;
  const nextSeq = counts.data?.nextSeq ?? 0;
  const [later, setLater] = useState<LaterEvent[]>([]);
  const arrived = useRef<LaterEvent[]>([]);
  const lastSeq = useRef(-1);
  const redraw = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEvents(({ seq, ts, event, result }) => {
    const expected = Math.max(nextSeq, lastSeq.current + 1);
    lastSeq.current = Math.max(lastSeq.current, seq);
    if (seq > expected) void refetch();
    arrived.current.push({ seq, ts, event, result });
    redraw.current ??= setTimeout(() => {
      redraw.current = undefined;
      const events = arrived.current.splice(0);
      setLater((shown) => [...shown, ...events]);
    }, REDRAW_MS);
  });
  useEffect(() => () => clearTimeout(redraw.current), []);

  useEffect(() => setLater((shown) => shown.filter(({ seq }) => seq >= nextSeq)), [nextSeq]);
  useEffect(() => {
    if (later.length > MANY) void refetch({ cancelRefetch: false });
  }, [later.length, refetch]);

  const state = useLiveState();
  const wasLive = useRef(true);
  useEffect(() => {
    if (state === "live" && !wasLive.current) void refetch();
    wasLive.current = state !== "reconnecting";
  }, [state, refetch]);

  return { counts, later: later.filter(({ seq }) => seq >= nextSeq) };
}
