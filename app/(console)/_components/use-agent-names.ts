"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../_lib/trpc.tsx";
import { NAMED_AGENTS } from "./named-agents.ts";

/** Names of agents; the id for one that is not among the newest hundred, or was deleted. */
export function useAgentNames(): (agentId: string) => string {
  const trpc = useTRPC();
  const agents = useQuery(trpc.agents.list.queryOptions(NAMED_AGENTS));
  const names = new Map(agents.data?.items.map((agent) => [agent.id, agent.name]));
  return (agentId) => names.get(agentId) ?? agentId;
}
