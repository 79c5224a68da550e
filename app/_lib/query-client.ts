import { QueryCache, QueryClient } from "@tanstack/react-query";
import { errorOf } from "./errors.ts";
import { leaveForSignIn } from "./leave.ts";

const MAX_RETRIES = 2;

/** The cache of what the console has read. On the server one per request; in the browser one per tab. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (typeof window !== "undefined" && errorOf(error).code === "UNAUTHORIZED") leaveForSignIn();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) => failures < MAX_RETRIES && errorOf(error).retryable,
      },
      // Without a connection what somebody does fails at once and says so, instead of happening some time later.
      mutations: { networkMode: "always" },
    },
  });
}
