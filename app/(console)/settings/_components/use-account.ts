"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/trpc/root.ts";
import { useTRPC } from "../../../_lib/trpc.tsx";

export type Profile = NonNullable<inferRouterOutputs<AppRouter>["account"]["profile"]>;

export function useProfile() {
  return useQuery(useTRPC().account.profile.queryOptions());
}

/** What is to be read again after the account was changed. */
export function useAccountChanged(): () => Promise<unknown> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries(trpc.account.pathFilter()),
      queryClient.invalidateQueries(trpc.session.current.queryFilter()),
    ]);
}
