import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** A path whose requests become WebSockets. It answers refusals itself. */
export type SocketRoute = { path: string; upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void };

/** Refuses a request that wants to become a WebSocket. */
export function refuseUpgrade(socket: Duplex, status: "403 Forbidden" | "404 Not Found"): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
