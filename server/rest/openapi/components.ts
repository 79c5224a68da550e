import { ERRORS, type ErrorCode } from "#server/domain/errors.ts";
import { MAX_BODY_BYTES } from "../body.ts";

export type Json = Record<string, unknown>;

const CODES = Object.keys(ERRORS) as ErrorCode[];

/** Every status that an error may have, in order. */
export const ERROR_STATUSES = [...new Set(CODES.map((code) => ERRORS[code].status as number))].sort((a, b) => a - b);

/** RFC 7807 with the members that existing clients read (see problem.ts). */
const problem: Json = {
  type: "object",
  description: "What went wrong (RFC 7807). `error`, `message` and `data` repeat it for clients that read those.",
  required: [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "code",
    "details",
    "requestId",
    "error",
    "message",
    "data",
  ],
  properties: {
    type: { type: "string", format: "uri", description: "The page that explains the code." },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string", description: "The path of the request." },
    code: { type: "string", enum: CODES },
    details: { type: "object", description: "What the code says more: the fields, the limit." },
    requestId: { type: "string" },
    error: {
      type: "object",
      required: ["code", "message", "details"],
      properties: {
        code: { type: "string", enum: CODES },
        message: { type: "string" },
        details: { type: "object" },
      },
    },
    message: { type: "string" },
    data: { type: "object" },
  },
};

const integerHeader = (description: string): Json => ({ description, schema: { type: "integer" } });
const textHeader = (description: string): Json => ({ description, schema: { type: "string" } });

const headers: Record<string, Json> = {
  "x-request-id": textHeader("The id of this request; it stands in our logs."),
  "x-correlation-id": textHeader("The id of the chain of actions that this request belongs to."),
  "X-RateLimit-Limit": integerHeader("Requests that the organisation may make a minute."),
  "X-RateLimit-Remaining": integerHeader("Requests that are left in this minute."),
  "X-RateLimit-Reset": integerHeader("When the minute ends, in seconds since 1970."),
  "X-RateLimit-Sec-Limit": integerHeader("Requests that the organisation may make a second."),
  "X-RateLimit-Sec-Remaining": integerHeader("Requests that are left in this second."),
  "X-RateLimit-Sec-Reset": integerHeader("When the second ends, in seconds since 1970."),
  RateLimit: textHeader("Both limits in the form of draft-ietf-httpapi-ratelimit-headers."),
  "RateLimit-Policy": textHeader("Both policies in the form of draft-ietf-httpapi-ratelimit-headers."),
};

const replayedHeader: Json = {
  description: "`true` when this is the stored answer of an earlier request with the same Idempotency-Key.",
  schema: { type: "string", enum: ["true"] },
};
const retryAfterHeader = integerHeader("Seconds to wait before the next try.");

/** References to the headers of every answer, plus those of an answer to a write. */
export function headersOf(isWrite: boolean): Json {
  const names = [...Object.keys(headers), ...(isWrite ? ["Idempotent-Replayed"] : [])];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function errorResponse(status: number): Json {
  const codes = CODES.filter((code) => ERRORS[code].status === status);
  const retryable = codes.some((code) => ERRORS[code].retryable);
  const schema = { $ref: "#/components/schemas/Problem" };
  return {
    description: codes.map((code) => `\`${code}\` (${ERRORS[code].title})`).join(", "),
    headers: {
      ...headersOf(false),
      ...(retryable ? { "Retry-After": { $ref: "#/components/headers/Retry-After" } } : {}),
    },
    content: { "application/problem+json": { schema }, "application/json": { schema } },
  };
}

/** The parts that all operations share. */
export function sharedComponents(): { schemas: Json } & Json {
  return {
    securitySchemes: {
      bearer: {
        type: "http",
        scheme: "bearer",
        description: "An agent's key (`ak_`) or the organisation's master key (`mk_`).",
      },
      apiKey: {
        type: "apiKey",
        in: "header",
        name: "X-API-Key",
        description: "The same keys in a header of their own.",
      },
    },
    parameters: {
      CorrelationId: {
        name: "x-correlation-id",
        in: "header",
        description: "Joins this request to a chain of actions. Without it the server makes or inherits one.",
        schema: { type: "string", minLength: 1, maxLength: 128, pattern: "^[\\x21-\\x7e]{1,128}$" },
      },
      IdempotencyKey: {
        name: "Idempotency-Key",
        in: "header",
        description:
          "Requests with the same key have one effect: for 24 hours a repetition gets the stored answer. The same key with another method, path, query or body is refused.",
        schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[\\x20-\\x7e]{1,255}$" },
      },
    },
    headers: { ...headers, "Idempotent-Replayed": replayedHeader, "Retry-After": retryAfterHeader },
    responses: Object.fromEntries(ERROR_STATUSES.map((status) => [`Error${status}`, errorResponse(status)])),
    schemas: { Problem: problem },
  };
}

/** What holds for all operations, in words. */
export const INTRODUCTION = `E-mail inboxes and more for AI agents, under limits, on one verifiable log.

Bodies are JSON, at most ${MAX_BODY_BYTES / 1024 / 1024} MiB. Errors are \`application/problem+json\`, except for a client that accepts only \`application/json\`.
Both rate limits count for the whole organisation; without a key, for the client's address.`;
