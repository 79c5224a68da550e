import type { IncomingMessage, Server } from "node:http";
import { refuseUpgrade, type SocketRoute } from "#server/platform/socket-route.ts";

/** Hands what wants to become a WebSocket to whom its path belongs. The development server's own are Next's. */
export function answerUpgrades(server: Server, routes: readonly SocketRoute[]): void {
  server.on("upgrade", (request, socket, head) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (path.startsWith("/_next/")) return;
    // A peer that is gone is nobody's error.
    socket.on("error", () => {});
    const route = routes.find((candidate) => candidate.path === path);
    if (route) route.upgrade(request, socket, head);
    else refuseUpgrade(socket, "404 Not Found");
  });
}

/**
 * Whether a request wants to become a WebSocket. What else a client offers (h2c: `curl --http2`, Java) is overlooked, as
 * RFC 9110 section 7.8 allows, and the request answered in HTTP/1.1.
 */
export function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}
