"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useCallStirs, useEvents, useLiveState } from "../../../../_lib/live.tsx";
import { useTRPC } from "../../../../_lib/trpc.tsx";

/** Keeps a call true while it runs: what is said as it is said, and its state with the log. */
export function useCallLive(id: string): void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const state = useLiveState();
  const refreshTranscript = () => void queryClient.invalidateQueries(trpc.calls.transcript.queryFilter({ id }));

  useCallStirs((callIds) => {
    if (callIds.includes(id)) refreshTranscript();
  });
  useEvents((event) => {
    if (event.resourceId !== id) return;
    refreshTranscript();
    void queryClient.invalidateQueries(trpc.calls.read.queryFilter({ id }));
    void queryClient.invalidateQueries(trpc.calls.summary.queryFilter({ id }));
    void queryClient.invalidateQueries(trpc.events.list.pathFilter());
  });
  // What was said while the connection was broken has woken nobody.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the state is a reason to read again
  useEffect(() => {
    if (state === "live") refreshTranscript();
  }, [state]);
}
