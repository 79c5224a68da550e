import { QueryCache, QueryClient } from "@tanstack/react-query";
import { errorOf } from "./errors.ts";

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
    },
  });
}

/** A session that ended meanwhile: sign in, then come back to this page. */
function leaveForSignIn(): void {
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/sign-in?to=${encodeURIComponent(here)}`);
}
