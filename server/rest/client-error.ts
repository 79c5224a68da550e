import type { Duplex } from "node:stream";
import { RequestError } from "@hono/node-server";
import { DomainError, ERRORS } from "#server/domain/errors.ts";
import { newId } from "#server/platform/ids.ts";
import type { Logger } from "#server/platform/log.ts";
import { idleLimitHeaders } from "./answer.ts";
import { toDomainError, toProblem } from "./problem.ts";

/**
 * Answers a request that Node's HTTP parser refused, so that no handler of ours ever sees it, and closes the connection:
 * 431 HEADERS_TOO_LARGE for too much header (16 KiB), else 400 BAD_REQUEST. For the server's `clientError` event.
 */
export function answerClientError(error: Error & { code?: string }, socket: Duplex, docsUrl: string): void {
  // Nobody is there to be answered, or an answer is already on its way.
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const { status, title, headers, body } = refusal(refusedByParser(error), docsUrl);
  const head = Object.entries({ ...headers, "content-length": Buffer.byteLength(body), connection: "close" });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`,
  );
}

/**
 * Answers a request that Node read but from which no Request could be made (a bad Host header, a backslash in the path):
 * 400 BAD_REQUEST. Anything else that comes here is our own failure, and logged. For the `errorHandler` of @hono/node-server.
 */
export function answerRequestError(error: unknown, docsUrl: string, log: Logger): Response {
  const refused =
    error instanceof RequestError
      ? new DomainError("BAD_REQUEST", "The path or the Host header is not valid.", { details: { field: "request" } })
      : toDomainError(error);
  const { status, headers, body } = refusal(refused, docsUrl);
  if (status >= 500) log.error({ err: error, requestId: headers["x-request-id"] }, "request could not be answered");
  return new Response(body, { status, headers });
}

function refusedByParser(error: { code?: string }): DomainError {
  if (error.code === "HPE_HEADER_OVERFLOW") {
    return new DomainError("HEADERS_TOO_LARGE", "The headers are larger than 16 KiB. Send fewer or shorter ones.", {
      details: { field: "headers", limitBytes: 16 * 1024 },
    });
  }
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new DomainError("BAD_REQUEST", "The request did not arrive in time.", { details: { field: "request" } });
  }
  return new DomainError("BAD_REQUEST", "This is not a valid HTTP/1.1 request.", { details: { field: "request" } });
}

function refusal(error: DomainError, docsUrl: string) {
  const { status, title } = ERRORS[error.code];
  const requestId = `req_${newId()}`;
  return {
    status,
    title,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-request-id": requestId,
      "x-correlation-id": `corr_${newId()}`,
      ...idleLimitHeaders(new Date()),
    },
    // What was asked for is not known.
    body: JSON.stringify(toProblem(error, { path: "", requestId, docsUrl })),
  };
}
