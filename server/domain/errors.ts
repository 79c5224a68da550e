import type { EventInput } from "#server/audit/record.ts";
import type { Quota } from "#server/platform/rate-limit.ts";

type ErrorKind = {
  status: number;
  title: string;
  /** Whether the same request may succeed later without any change. */
  retryable: boolean;
  logLevel: "debug" | "info" | "warn" | "error";
};

const refused = (status: number, title: string): ErrorKind => ({ status, title, retryable: false, logLevel: "info" });
const busy = (status: number, title: string): ErrorKind => ({ status, title, retryable: true, logLevel: "info" });

/** Every error that the API answers. Both mappers (REST, tRPC), the docs pages and the tests are made from this table. */
export const ERRORS = {
  BAD_REQUEST: refused(400, "Bad Request"),
  VALIDATION_ERROR: refused(400, "Validation Error"),
  INVALID_IDEMPOTENCY_KEY: refused(400, "Invalid Idempotency-Key"),
  UNAUTHORIZED: refused(401, "Unauthorized"),
  // The same request goes when the cap is raised or a new period begins, so it is not stored under its Idempotency-Key.
  PAYMENT_REQUIRED: busy(402, "Payment Required"),
  VOICE_DAILY_CAP_EXCEEDED: busy(402, "Payment Required"),
  VOICE_MONTHLY_CAP_EXCEEDED: busy(402, "Payment Required"),
  FORBIDDEN: refused(403, "Forbidden"),
  MASTER_KEY_REQUIRED: refused(403, "Master Key Required"),
  // The same request goes when the agent is resumed, and below when its human has confirmed it.
  AGENT_PAUSED: busy(403, "Agent Paused"),
  ORG_STOPPED: busy(403, "Organization Stopped"),
  DESTINATION_NOT_ALLOWED: refused(403, "Destination Not Allowed"),
  CONSENT_REQUIRED: refused(403, "Consent Required"),
  DO_NOT_CALL: refused(403, "Do Not Call"),
  NUMBER_REASSIGNED: refused(403, "Number Reassigned"),
  // The same request goes at details.nextAllowedAt.
  OUTSIDE_CALLING_HOURS: busy(403, "Outside Calling Hours"),
  NOT_FOUND: refused(404, "Not Found"),
  METHOD_NOT_ALLOWED: refused(405, "Method Not Allowed"),
  CONFLICT: refused(409, "Conflict"),
  IDEMPOTENCY_BODY_MISMATCH: refused(409, "Idempotency-Key Reused"),
  IDEMPOTENCY_IN_PROGRESS: busy(409, "Request In Progress"),
  RECIPIENT_NOT_VERIFIED: busy(409, "Recipient Not Verified"),
  PHONE_NOT_PROVISIONED: refused(409, "Phone Not Provisioned"),
  PAYLOAD_TOO_LARGE: refused(413, "Payload Too Large"),
  UNSUPPORTED_MEDIA_TYPE: refused(415, "Unsupported Media Type"),
  RATE_LIMIT: busy(429, "Too Many Requests"),
  RATE_LIMIT_PER_SECOND: busy(429, "Too Many Requests"),
  VOICE_RATE_LIMIT_EXCEEDED: busy(429, "Too Many Requests"),
  SMS_RATE_LIMIT_EXCEEDED: busy(429, "Too Many Requests"),
  HEADERS_TOO_LARGE: refused(431, "Request Header Fields Too Large"),
  INTERNAL_ERROR: { status: 500, title: "Internal Error", retryable: true, logLevel: "error" },
  PHONE_PROVIDER_ERROR: { status: 502, title: "Phone Provider Error", retryable: true, logLevel: "warn" },
  SERVICE_UNAVAILABLE: { status: 503, title: "Service Unavailable", retryable: true, logLevel: "error" },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** `MASTER_KEY_REQUIRED` -> `master-key-required`: the last part of the error page's address. */
export function errorSlug(code: ErrorCode): string {
  return code.toLowerCase().replaceAll("_", "-");
}

export type ErrorDetails = Record<string, unknown>;

/** The one error that verbs throw. `detail` and `details` are shown to the caller, `cause` only to the log. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** The audit event of the refusal, appended after the verb's own writes were rolled back. */
  readonly denied: EventInput | undefined;
  readonly headers: Record<string, string>;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { details?: ErrorDetails; cause?: unknown; denied?: EventInput; headers?: Record<string, string> } = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = "DomainError";
    this.code = code;
    this.details = options.details ?? {};
    this.denied = options.denied;
    this.headers = options.headers ?? {};
  }
}

/** 404, the same for what does not exist and for what belongs to another organisation or agent. */
export function notFound(what: string): DomainError {
  return new DomainError("NOT_FOUND", `There is no such ${what}.`, { details: { resource: what } });
}

/** 400 for one field: says which, what is wrong, and what to do. */
export function invalidField(field: string, problem: string): DomainError {
  return new DomainError("VALIDATION_ERROR", `${field}: ${problem}`, {
    details: { fields: [{ field, message: problem }] },
  });
}

/** 429 for a window that is used up: details {limit, remaining, retryAfter} and Retry-After, in seconds. */
export function rateLimited(
  code: "RATE_LIMIT" | "RATE_LIMIT_PER_SECOND",
  detail: string,
  quota: Pick<Quota, "limit" | "resetSeconds">,
): DomainError {
  const retryAfter = Math.max(1, quota.resetSeconds);
  return new DomainError(code, detail, {
    details: { limit: quota.limit, remaining: 0, retryAfter },
    headers: { "retry-after": String(retryAfter) },
  });
}
