import { TRPCError } from "@trpc/server";
import { DomainError, ERRORS, type ErrorCode, type ErrorDetails, errorSlug } from "#server/domain/errors.ts";
import { toDomainError } from "#server/rest/problem.ts";

/** An error as the console shows it. */
export type ErrorView = {
  code: ErrorCode;
  title: string;
  detail: string;
  details: ErrorDetails;
  requestId: string | null;
  retryable: boolean;
  /** The path of the page that explains it. */
  docs: string;
};

/** 401 for what needs a session. */
export function sessionEnded(): DomainError {
  return new DomainError("UNAUTHORIZED", "Your session has ended. Sign in again.");
}

type TrpcCode = TRPCError["code"];

const BY_STATUS: Record<number, TrpcCode> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  402: "PAYMENT_REQUIRED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  429: "TOO_MANY_REQUESTS",
  431: "BAD_REQUEST",
  500: "INTERNAL_SERVER_ERROR",
  502: "BAD_GATEWAY",
  503: "SERVICE_UNAVAILABLE",
};

/** Whatever a procedure threw, as tRPC answers it: with the status of its code, and nothing of an unknown cause. */
export function toTrpcError(thrown: unknown): TRPCError {
  const error = thrown instanceof TRPCError ? fromTrpc(thrown) : toDomainError(thrown);
  const code = BY_STATUS[ERRORS[error.code].status] ?? "INTERNAL_SERVER_ERROR";
  return new TRPCError({ code, message: error.message, cause: error });
}

/** What the caller may see of an error. */
export function viewError(error: TRPCError, requestId: string | null): ErrorView {
  const { code, message, details } = fromTrpc(error);
  const { title, retryable } = ERRORS[code];
  return { code, title, detail: message, details, requestId, retryable, docs: `/docs/errors/${errorSlug(code)}` };
}

/** tRPC wraps what procedures throw; what it raises itself (no such procedure, a body that is not JSON) keeps its kind. */
function fromTrpc(error: TRPCError): DomainError {
  if (error.cause instanceof DomainError) return error.cause;
  switch (error.code) {
    case "NOT_FOUND":
      return new DomainError("NOT_FOUND", "There is no such procedure.");
    case "METHOD_NOT_SUPPORTED":
      return new DomainError("METHOD_NOT_ALLOWED", "This procedure is called with the other method.");
    case "PARSE_ERROR":
    case "BAD_REQUEST":
      return new DomainError("BAD_REQUEST", "The request is not what a console sends.");
    default:
      return toDomainError(error.cause ?? error);
  }
}
