import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { cannotListen } from "#server/platform/cannot-listen.ts";
import { DATA_HEADERS, transportHeaders } from "#server/platform/security-headers.ts";
import { createRestApp } from "#server/rest/app.ts";
import { answerClientError, answerRequestError } from "#server/rest/client-error.ts";
import type { Runtime } from "#server/runtime.ts";
import { createTrpcHandler } from "#server/trpc/handler.ts";
import { createOps } from "./ops.ts";
import { answerUpgrades, wantsWebSocket } from "./sockets.ts";
import { createVoiceSockets } from "./voice/socket.ts";

export type HttpServer = { port: number; close(): Promise<void> };

const OPS_PATHS = new Set(["/health", "/healthz", "/readyz", "/metrics"]);
const REQUEST_MS = 120_000;
const DRAIN_MS = 5_000;

/**
 * The one HTTP server. The public API, the console's API and the health checks are answered before Next sees a request:
 * through Next the same handler serves a tenth of the rate (npm run bench).
 *
 * @param pages Next's handler, for everything else; null where this process serves no pages
 */
export async function startHttpServer(runtime: Runtime, pages: RequestListener | null): Promise<HttpServer> {
  const ops = createOps(runtime);
  const rest = createRestApp(runtime);
  const trpc = createTrpcHandler(runtime);
  const options = {
    errorHandler: (error: unknown) => answerRequestError(error, runtime.config.errorDocsUrl, runtime.log),
  };
  const answerRest = getRequestListener((request, env) => rest.fetch(request, env), options);
  // Load balancers may ask in HTTP/1.0, which needs no Host.
  const answerOps = getRequestListener((request, env) => ops.app.fetch(request, env), {
    ...options,
    hostname: "localhost",
  });
  const answerTrpc = getRequestListener(
    (request, env) =>
      trpc(request, { remoteAddress: (env as { incoming: IncomingMessage }).incoming.socket.remoteAddress }),
    options,
  );

  const areas: [name: string, matches: (path: string) => boolean, answer: RequestListener][] = [
    ["rest", (path) => path === "/v1" || path.startsWith("/v1/") || path === "*", answerRest],
    ["ops", (path) => OPS_PATHS.has(path), answerOps],
    ["console", (path) => path.startsWith("/api/trpc/"), answerTrpc],
    ["pages", () => true, pages ?? answerOps],
  ];
  const always = transportHeaders(runtime.config.publicUrl);
  const forData = { ...always, ...DATA_HEADERS };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    request.url = originForm(request.url ?? "/");
    const path = request.url.split("?", 1)[0] ?? "/";
    const area = areas.find(([, matches]) => matches(path));
    if (!area) return;
    const [name, , answer] = area;
    // A page says its own policy (proxy.ts).
    setMissing(response, name === "pages" && !path.startsWith("/api/") ? always : forData);
    response.on("finish", () => ops.countRequest(name, response.statusCode));
    answer(request, response);
  };
  // Node would answer a request without Host with a bare 400; the handlers answer it with a problem.
  const server = createServer({ requireHostHeader: false, shouldUpgradeCallback: wantsWebSocket }, listener);
  // And an expectation that it does not know with a bare 417; RFC 9110 section 10.1.1 lets us overlook it.
  server.on("checkExpectation", listener);
  // From the first byte of a request to its last: whoever drips a large body holds memory that others wait for.
  server.requestTimeout = REQUEST_MS;
  const voice = createVoiceSockets(runtime);
  answerUpgrades(server, [...runtime.sockets, voice]);
  server.on("clientError", (error, socket) => answerClientError(error, socket, runtime.config.errorDocsUrl));
  const port = await listen(server, runtime.config.port, runtime.config.host);
  return {
    port,
    async close() {
      ops.drain();
      voice.close();
      await drain(server);
    },
  };
}

/** The target of a request without its origin, which whoever talks to a proxy sends along (RFC 9112 section 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith("/") || !URL.canParse(target)) return target;
  const { pathname, search } = new URL(target);
  return pathname + search;
}

/**
 * Puts on the headers that an answer does not have when it begins. Not earlier: Next keeps what is there already, so that
 * a route of its could not say it more precisely.
 */
function setMissing(response: ServerResponse, headers: Record<string, string>): void {
  const writeHead = response.writeHead;
  response.writeHead = ((...answer: Parameters<typeof writeHead>) => {
    for (const [name, value] of Object.entries(headers)) {
      if (!response.hasHeader(name)) response.setHeader(name, value);
    }
    return writeHead.apply(response, answer);
  }) as typeof writeHead;
}

/** Lets running requests end, within bounds. Streams were ended before, by closing the live log. */
async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(deadline);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      reject(cannotListen(error, { name: "Port", port, portVariable: "PORT", host, hostVariable: "HOST" }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}
