"use client";

import { useMutation } from "@tanstack/react-query";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { useAgentCache } from "./use-agent-cache.ts";

/** Pauses or resumes an agent: shown at once, and taken back where the server refuses. */
export function useAgentStatus() {
  const trpc = useTRPC();
  const cache = useAgentCache();
  const show = (id: string, status: Agent["status"]) => cache.change([id], (agent) => ({ ...agent, status }));
  return useMutation(
    trpc.agents.update.mutationOptions({
      onMutate: ({ id, status }) => {
        if (status) show(id, status);
      },
      onSuccess: (agent) => cache.put(agent),
      onError: (_error, { id, status }) => show(id, status === "PAUSED" ? "ACTIVE" : "PAUSED"),
    }),
  );
}
