import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache, type ReactNode } from "react";
import type { Session } from "#server/domain/console/sessions.ts";
import { processRuntime } from "#server/process-runtime.ts";
import { createContext, type TrpcContext } from "#server/trpc/context.ts";
import { appRouter } from "#server/trpc/root.ts";
import { makeQueryClient } from "./query-client.ts";

/** The request of the page that is being rendered, read once for all its parts. */
export const pageContext: () => Promise<TrpcContext> = cache(async () =>
  createContext(await processRuntime(), await headers(), null, undefined),
);

/** The cache that a page fills and hands to the browser. */
export const pageQueries = cache(makeQueryClient);

/** The console's API for pages: what they prefetch goes through the same procedures as in the browser. */
export const trpc = createTRPCOptionsProxy({ ctx: pageContext, router: appRouter, queryClient: pageQueries });

/** The session of whoever looks at the page; without one, on to the sign-in, and back here after it. */
export async function requireSession(path: string): Promise<Session> {
  const { session } = await pageContext();
  if (!session) redirect(path === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(path)}`);
  return session;
}

/** Hands what was prefetched to the browser, so that a page is complete before its first request. */
export function Hydrated({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(pageQueries())}>{children}</HydrationBoundary>;
}
