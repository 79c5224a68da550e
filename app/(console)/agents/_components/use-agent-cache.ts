"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Agent } from "#server/domain/agents/schemas.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";
import { type AgentPages, type AgentsInput, changeAgents, placeAgent } from "./place-agent.ts";

/** What the browser has read of agents, changed where it stands: a list of many pages is not read again for one of them. */
export function useAgentCache() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMemo(() => {
    const changeLists = (change: (data: AgentPages, input: AgentsInput) => AgentPages) => {
      for (const query of queryClient.getQueryCache().findAll(trpc.agents.list.infiniteQueryFilter())) {
        const input = (query.queryKey[1] as { input: AgentsInput } | undefined)?.input;
        const data = query.state.data as AgentPages | undefined;
        if (input && data) queryClient.setQueryData(query.queryKey, change(data, input));
      }
    };
    return {
      /** An agent is now this: every list has it where it belongs. */
      put(agent: Agent) {
        changeLists((data, input) => placeAgent(data, input, agent));
        queryClient.setQueryData(trpc.agents.get.queryKey({ id: agent.id }), agent);
      },
      /** Changes agents where they stand, in lists and on their own pages. */
      change(ids: readonly string[], change: (agent: Agent) => Agent) {
        const asked = new Set(ids);
        changeLists((data) => changeAgents(data, (agent) => (asked.has(agent.id) ? change(agent) : agent)));
        for (const id of ids) {
          queryClient.setQueryData(trpc.agents.get.queryKey({ id }), (agent) => agent && change(agent));
        }
      },
      /** An agent is no more. */
      remove(id: string) {
        changeLists((data) => changeAgents(data, (agent) => (agent.id === id ? null : agent)));
        queryClient.setQueryData(
          trpc.agents.get.queryKey({ id }),
          (agent) => agent && { ...agent, status: "DELETED" as const },
        );
      },
      read: (id: string) => queryClient.fetchQuery(trpc.agents.get.queryOptions({ id }, { staleTime: 0 })),
      /** Too much has changed: every list begins again, from its first page. */
      readListsAgain() {
        changeLists(({ pages, pageParams }) => ({ pages: pages.slice(0, 1), pageParams: pageParams.slice(0, 1) }));
        return queryClient.invalidateQueries(trpc.agents.list.pathFilter());
      },
    };
  }, [trpc, queryClient]);
}
