"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { NAMED_AT_ONCE } from "#server/domain/agents/limits.ts";
import { useConsoleClient, useTRPC } from "../../_lib/trpc.tsx";
import { AgentNames, type Names } from "./agent-names.ts";
import { NAMED_AGENTS } from "./named-agents.ts";

const stores = new WeakMap<object, AgentNames>();
const NONE: Names = new Map();

/** Names of agents: the newest hundred at once, any other as soon as it was asked for; until then, its id. */
export function useAgentNames(): (agentId: string) => string {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const newest = useQuery(trpc.agents.list.queryOptions(NAMED_AGENTS));
  const store = useStore();
  const others = useSyncExternalStore(store.subscribe, store.known, () => NONE);
  const names = new Map(newest.data?.items.map((agent) => [agent.id, agent.name]));
  return (agentId) => {
    const name = names.get(agentId);
    if (name !== undefined) return name;
    if (typeof window !== "undefined" && !newest.isPending) store.want(agentId);
    const read = queries.getQueryData(trpc.agents.get.queryKey({ id: agentId }));
    return others.get(agentId) ?? read?.name ?? agentId;
  };
}

/** One for all of a tab. */
function useStore(): AgentNames {
  const client = useConsoleClient();
  const store = stores.get(client) ?? new AgentNames(askWith(client), NAMED_AT_ONCE);
  stores.set(client, store);
  return store;
}

function askWith(client: ReturnType<typeof useConsoleClient>) {
  return async (ids: string[]): Promise<Names> => {
    const { items } = await client.agents.names.query({ ids });
    return new Map(items.map(({ id, name, deleted }) => [id, deleted ? `${name} (deleted)` : name]));
  };
}
