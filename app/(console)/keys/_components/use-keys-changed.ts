"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../../_lib/trpc.tsx";

/** What is to be read again after a key was made, replaced or ended. */
export function useKeysChanged(): () => Promise<unknown> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries(trpc.keys.list.pathFilter()),
      queryClient.invalidateQueries(trpc.agents.policy.pathFilter()),
    ]);
}
