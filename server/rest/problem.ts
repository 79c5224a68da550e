import { DomainError, ERRORS, type ErrorCode, type ErrorDetails, errorSlug } from "#server/domain/errors.ts";
import { databaseCodes } from "#server/platform/error-code.ts";

export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: ErrorCode;
  details: ErrorDetails;
  requestId: string;
  error: { code: ErrorCode; message: string; details: ErrorDetails };
  message: string;
  data: ErrorDetails;
};

/** Whatever was thrown, as the error that the caller may see. Of an unknown error nothing is shown. */
export function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (isDatabaseUnavailable(error)) {
    return new DomainError(
      "SERVICE_UNAVAILABLE",
      "The database does not answer at the moment. Try again: with an Idempotency-Key nothing is done twice.",
      {
        cause: error,
        headers: { "retry-after": "1" },
      },
    );
  }
  return new DomainError("INTERNAL_ERROR", "Something went wrong on our side. Nothing was done.", { cause: error });
}

/**
 * The body of an error: RFC 7807, with the legacy sibling `error`, and `message` and `data` at the top, since existing
 * clients read one of the three.
 */
export function toProblem(error: DomainError, request: { path: string; requestId: string; docsUrl: string }): Problem {
  const { code, message, details } = error;
  const kind = ERRORS[code];
  return {
    type: `${request.docsUrl}/${errorSlug(code)}`,
    title: kind.title,
    status: kind.status,
    detail: message,
    instance: request.path,
    code,
    details,
    requestId: request.requestId,
    error: { code, message, details },
    message,
    data: details,
  };
}

/** problem+json, except for a client that names application/json and not problem+json. */
export function problemMediaType(accept: string | undefined): string {
  const named = accept?.toLowerCase() ?? "";
  return named.includes("application/json") && !named.includes("application/problem+json")
    ? "application/json"
    : "application/problem+json";
}

// Connection refused or lost, shutting down, starting up, too many connections; Prisma's P1001 and P1017, P2024 (pool),
// P2028 (a transaction did not begin or end in time). And what only hit this attempt: a lock that was not free in time, a
// deadlock, a write conflict.
const UNAVAILABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "57P01",
  "57P02",
  "57P03",
  "53300",
  "08006",
  "08001",
  "08003",
  "P1001",
  "P1017",
  "P2024",
  "P2028",
  "55P03",
  "40P01",
  "40001",
  "P2034",
]);
const UNAVAILABLE_MESSAGE =
  /timeout exceeded when trying to connect|Connection terminated|encountered a connection error and is not queryable/;

function isDatabaseUnavailable(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (databaseCodes(at).some((code) => typeof code === "string" && UNAVAILABLE.has(code))) return true;
    if (UNAVAILABLE_MESSAGE.test(at.message)) return true;
  }
  return false;
}
