import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { RestServices } from "#server/rest/environment.ts";
import { createContext } from "./context.ts";
import { appRouter } from "./root.ts";

const ENDPOINT = "/api/trpc";

/** What the socket tells of a request, where there is one. */
export type Peer = { remoteAddress?: string | undefined };

/** The console's API: one web-standard handler, mounted ahead of Next by main.ts and inside it by app/api/trpc. */
export function createTrpcHandler(services: RestServices): (request: Request, peer?: Peer) => Promise<Response> {
  return async (request, peer) => {
    const response = await fetchRequestHandler({
      endpoint: ENDPOINT,
      req: request,
      router: appRouter,
      createContext: ({ req, resHeaders }) => createContext(services, req.headers, resHeaders, peer?.remoteAddress),
      responseMeta: ({ ctx }) => ({ headers: new Headers(ctx ? { "x-request-id": ctx.requestId } : {}) }),
      // Refusals are logged where they are mapped; what fails before a procedure runs is logged here.
      onError: ({ error, ctx, path }) => {
        if (!ctx) services.log.error({ err: error.cause ?? error, path }, "a console call failed before it began");
      },
    });
    response.headers.set("cache-control", "no-store");
    return response;
  };
}
