"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { BillingState } from "#server/domain/billing/billing-state.ts";
import type { HardCap } from "#server/domain/billing/state.ts";
import { useConsoleClient, useTRPC } from "../../../_lib/trpc.tsx";
import { useRefresh } from "../../../_lib/use-refresh.ts";
import { concernsMoney } from "../../_components/concerns-money.ts";
import { applied, type CapPatch } from "./cap-settings.ts";

/** The caps of the organisation, or of an agent beside them; what happens meanwhile is followed. */
export function useCaps(agentId: string | null) {
  const trpc = useTRPC();
  const state = useQuery(trpc.billing.state.queryOptions());
  const agent = useQuery(trpc.billing.agentHardCap.queryOptions({ id: agentId ?? "" }, { enabled: agentId !== null }));
  useRefresh(trpc.billing.pathFilter(), concernsMoney);
  const cap = agentId === null ? state.data?.caps : agent.data;
  const refetch = () => void Promise.all([state.refetch(), ...(agentId === null ? [] : [agent.refetch()])]);
  return { loaded: cap && state.data ? { cap, state: state.data } : null, error: state.error ?? agent.error, refetch };
}

/** Changes caps: shown at once, and taken back where the server refuses. */
export function useChangeCaps(agentId: string | null) {
  const trpc = useTRPC();
  const client = useConsoleClient();
  const queryClient = useQueryClient();
  const stateKey = trpc.billing.state.queryKey();
  const agentKey = trpc.billing.agentHardCap.queryKey({ id: agentId ?? "" });
  const read = () => (agentId === null ? queryClient.getQueryData(stateKey)?.caps : queryClient.getQueryData(agentKey));
  const show = (cap: HardCap) => {
    if (agentId !== null) queryClient.setQueryData(agentKey, cap);
    else queryClient.setQueryData(stateKey, (state: BillingState | undefined) => state && { ...state, caps: cap });
  };
  const change = useMutation({
    mutationFn: (patch: CapPatch) =>
      agentId === null
        ? client.billing.setHardCap.mutate(patch)
        : client.billing.setAgentHardCap.mutate({ id: agentId, ...patch }),
    onMutate: async (patch) => {
      // What is being read is older than what is set here.
      await queryClient.cancelQueries({ queryKey: agentId === null ? stateKey : agentKey });
      const before = read();
      if (before) show(applied(before, patch));
      return { before };
    },
    onError: (_error, _patch, context) => {
      if (context?.before) show(context.before);
    },
    onSuccess: (cap) => {
      show(cap);
      void queryClient.invalidateQueries(trpc.billing.capChanges.pathFilter());
      void queryClient.invalidateQueries(trpc.billing.state.queryFilter());
    },
  });
  return change;
}
