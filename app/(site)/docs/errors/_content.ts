import type { ErrorCode, ErrorDetails } from "#server/domain/errors.ts";

type ErrorPage = {
  /** What the server saw. */
  happened: string;
  /** What the caller does about it, one step each. */
  fix: string[];
  example: { instance: string; detail: string; details: ErrorDetails };
};

/** The prose of the error pages, with `code` in backticks. A code of the registry without a page does not compile. */
export const ERROR_PAGES: Record<ErrorCode, ErrorPage> = {
  BAD_REQUEST: {
    happened: "The request could not be read: the body is not JSON, not UTF-8, or the address is not one.",
    fix: [
      "Send the body as one JSON object in UTF-8; `details.position` says where reading stopped.",
      "Let a JSON library write it instead of putting strings together.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "The body is not valid JSON at position 42.",
      details: { field: "body", position: 42 },
    },
  },
  VALIDATION_ERROR: {
    happened: "The request was read, and one or more of its fields cannot be accepted. Nothing was done.",
    fix: [
      "`details.fields` names each field and what is wrong with it.",
      "Correct them and send again. With an `Idempotency-Key`, take a new one: the refusal is stored under the old one.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "subject: must be one line without control characters.",
      details: { fields: [{ field: "subject", message: "must be one line without control characters." }] },
    },
  },
  INVALID_IDEMPOTENCY_KEY: {
    happened:
      "The header `Idempotency-Key` is empty, longer than 255 characters, or has characters outside printable ASCII.",
    fix: ["Send a UUID, or any 1 to 255 printable ASCII characters that are yours alone."],
    example: {
      instance: "/v1/email/send",
      detail: "Idempotency-Key must be 1 to 255 printable ASCII characters.",
      details: { field: "Idempotency-Key" },
    },
  },
  UNAUTHORIZED: {
    happened:
      "No key came with the request, or one that is unknown, revoked or expired. In the console: the session ended.",
    fix: [
      "Send `Authorization: Bearer <key>`, or `X-API-Key: <key>`.",
      "Check that the key was copied whole, and that it was not rotated: the old one dies at once.",
      "In the console, sign in again.",
    ],
    example: { instance: "/v1/agents", detail: "The API key is unknown, revoked or expired.", details: {} },
  },
  PAYMENT_REQUIRED: {
    happened: "The organisation's plan does not allow more of this: it has as many agents as it may.",
    fix: [
      "`details` says which limit it is and where it stands.",
      "Delete an agent that is not needed, or move the organisation to a larger plan.",
    ],
    example: {
      instance: "/v1/agents",
      detail: "The plan FREE allows 3 agents, and 3 exist.",
      details: {
        resource: "agents",
        limit: 3,
        used: 3,
        remediation: { hint: "Delete an agent that is not needed, or move the organisation to a larger plan." },
      },
    },
  },
  FORBIDDEN: {
    happened:
      "The key is valid, but not for this: it lacks a scope, or is of the wrong kind. The refusal is on the audit log.",
    fix: [
      "`details.requiredScope` names the scope that is missing.",
      "Make a key that has it with the master key: `POST /v1/api-keys`.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "This key lacks the scope email:send.",
      details: { requiredScope: "email:send" },
    },
  },
  MASTER_KEY_REQUIRED: {
    happened: "An agent's key (`ak_`) was used for what only the organisation's master key (`mk_`) may do.",
    fix: [
      "Do it with the master key, which the operator holds, or in the console.",
      "Never give the master key to an agent: it opens everything of the organisation.",
    ],
    example: { instance: "/v1/agents", detail: "This needs the organisation's master key (mk_).", details: {} },
  },
  AGENT_PAUSED: {
    happened: "The agent is paused. Nothing it sends leaves, on any channel; mail to it is still stored.",
    fix: [
      'Its operator resumes it in the console, or with `PATCH /v1/agents/{id}` and {"status": "ACTIVE"}.',
      "Do not retry until then: every try is refused and logged.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "This agent is paused. Its operator can resume it.",
      details: { agentId: "01JD3M8Q6V2N4T5R7W9XYZABCD" },
    },
  },
  NOT_FOUND: {
    happened:
      "There is no such thing, or it belongs to another organisation or agent: the answer is the same on purpose.",
    fix: [
      "Check the path and the id.",
      "Check the key: an agent's key sees its own agent only, a master key its own organisation only.",
    ],
    example: { instance: "/v1/agents/nobody", detail: "There is no such agent.", details: { resource: "agent" } },
  },
  METHOD_NOT_ALLOWED: {
    happened: "The path exists, the method does not.",
    fix: ["`details.allowed` and the header `Allow` list the methods of this path."],
    example: { instance: "/v1/agents", detail: "Use GET or POST here.", details: { allowed: ["GET", "POST"] } },
  },
  CONFLICT: {
    happened: "What was asked for collides with what is there: a name, an address or an organisation that is taken.",
    fix: [
      "Choose another one; where the server has suggestions, they are in `details.suggestions`.",
      "If it is yours from an earlier call, read it instead of making it again.",
    ],
    example: {
      instance: "/v1/agent/sign-up",
      detail: "username: is taken. Choose another one.",
      details: { field: "username", suggestions: ["shopping-agent-2", "shopping-agent-3"] },
    },
  },
  IDEMPOTENCY_BODY_MISMATCH: {
    happened:
      "This `Idempotency-Key` was used within 24 hours for another request: another method, path, query or body.",
    fix: ["Take a new key for a new request.", "For a retry, send exactly the bytes of the first try."],
    example: {
      instance: "/v1/email/send",
      detail:
        "This Idempotency-Key was used with another method, path, query or body. Use a new key for a new request.",
      details: {},
    },
  },
  IDEMPOTENCY_IN_PROGRESS: {
    happened: "An equal request with this `Idempotency-Key` is still running, and did not end within 10 seconds.",
    fix: ["Send the same again after the seconds in `Retry-After`: you get the answer of the first."],
    example: {
      instance: "/v1/email/send",
      detail: "A request with this Idempotency-Key is still running. Retry in a second.",
      details: {},
    },
  },
  RECIPIENT_NOT_VERIFIED: {
    happened: "An agent that signed itself up may mail only its own human until that human has confirmed the code.",
    fix: [
      "Ask the human for the 6-digit code that was mailed to them.",
      'Send it: `POST /v1/agent/verify` with {"otp_code": "123456"}.',
    ],
    example: {
      instance: "/v1/email/send",
      detail:
        "Until its human has confirmed, this agent may mail only that human. Confirm with POST /v1/agent/verify and the code that was mailed.",
      details: { remediation: { hint: "POST /v1/agent/verify {otp_code}" } },
    },
  },
  PAYLOAD_TOO_LARGE: {
    happened: "The body is larger than 30 MiB, or larger than 64 KiB in a request without a key.",
    fix: [
      "Attachments: at most 20. The whole request, with them in base64, has 30 MiB: that is about 22 MB of files.",
      "Put larger files elsewhere and mail a link.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "The body is larger than 30 MiB. Send less, or fewer attachments at a time.",
      details: { field: "body", limitBytes: 31_457_280 },
    },
  },
  UNSUPPORTED_MEDIA_TYPE: {
    happened: "The body has a `Content-Type` other than JSON; or the text was asked for of an attachment that is none.",
    fix: [
      "Send `Content-Type: application/json`, and the fields as one JSON object.",
      "Download an attachment that is not text: `GET /v1/attachments/{id}/download`.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "The body must be JSON: send Content-Type: application/json.",
      details: { field: "content-type", received: "text/plain" },
    },
  },
  RATE_LIMIT: {
    happened:
      "The organisation made more requests within a minute than its plan allows; or an address signed up or in too often.",
    fix: [
      "Wait the seconds in `Retry-After` (`details.retryAfter`), then go on.",
      "Every answer says in `X-RateLimit-Remaining` how many are left: slow down before they are gone.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "Rate limit exceeded",
      details: { limit: 60, remaining: 0, retryAfter: 12 },
    },
  },
  RATE_LIMIT_PER_SECOND: {
    happened: "The organisation made more requests within one second than its plan allows.",
    fix: ["Wait a second and spread the calls. `X-RateLimit-Sec-Remaining` says how many this second has left."],
    example: {
      instance: "/v1/email/send",
      detail: "Rate limit exceeded",
      details: { limit: 100, remaining: 0, retryAfter: 1 },
    },
  },
  HEADERS_TOO_LARGE: {
    happened: "The headers of the request are larger than 16 KiB together.",
    fix: ["Send fewer or shorter ones. Data of yours belongs into the body, as `metadata`."],
    example: {
      instance: "/v1/email/send",
      detail: "The headers are larger than 16 KiB. Send fewer or shorter ones.",
      details: { field: "headers", limitBytes: 16_384 },
    },
  },
  INTERNAL_ERROR: {
    happened: "A fault of this server. What the request had begun was taken back.",
    fix: [
      "Send the same request again, with the same `Idempotency-Key`: a 5xx is never stored under it.",
      "If it stays, give the `requestId` to whoever runs the server: its log has the cause under that id.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "Something went wrong on our side. Nothing was done.",
      details: {},
    },
  },
  SERVICE_UNAVAILABLE: {
    happened: "The server's database does not answer at the moment. Nothing was done.",
    fix: [
      "Send the same request again after the seconds in `Retry-After`.",
      "Operators: `GET /readyz` says what is missing.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "The database does not answer at the moment. Try again: with an Idempotency-Key nothing is done twice.",
      details: {},
    },
  },
};
