"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../../../_lib/trpc.tsx";

/** What is to be read again after an agent was changed: agents, and the events that the change made. */
export function useAgentChanged(): () => Promise<unknown> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries(trpc.agents.pathFilter()),
      queryClient.invalidateQueries(trpc.events.pathFilter()),
    ]);
}
