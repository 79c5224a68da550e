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
    happened:
      "A limit does not allow more of this: a cap that the operator has set for the organisation or the agent, or the organisation's plan. Nothing was done, sent or charged; the refusal is on the audit log.",
    fix: [
      "`details.source` says whether it is a cap, the plan, or an invoice that is overdue (`payment`), `scope` whose, `period` and `resetsAt` how long it holds: null where something must go or the plan must change, as with agents.",
      "A cap is raised with the master key: `PUT /v1/billing/hard-cap`, or `PUT /v1/agents/{id}/hard-cap`. Money is in cents; what is used includes what is reserved, and a started cent counts.",
      "Where an invoice is overdue, only what the plan includes is accepted: paying it lifts that at once. A new card is given on the page of `POST /v1/billing/portal`.",
      "For a limit of the plan, `details.remediation.plan` names the smallest plan that allows more.",
      "The refusal is not stored under an `Idempotency-Key`: the same request goes when the limit allows it.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "This agent has a cap of 100 mails a day on email, and this would exceed it.",
      details: {
        resource: "email",
        source: "cap",
        scope: "agent",
        agentId: "01JD3M8Q6V2N4T5R7W9XYZABCD",
        period: "day",
        capCents: null,
        usedCents: 5,
        reservedCents: 0,
        capUnits: 100,
        usedUnits: 100,
        resetsAt: "2026-11-25T00:00:00.000Z",
        remediation: {
          hint: "Raise the cap: PUT /v1/agents/01JD3M8Q6V2N4T5R7W9XYZABCD/hard-cap with the master key. It is counted anew from 2026-11-25T00:00:00.000Z.",
        },
      },
    },
  },
  FORBIDDEN: {
    happened:
      "The key is valid, but not for this: it lacks a scope, or is of the wrong kind. In the console: your role does not allow it, or you have to sign in again. The refusal is on the audit log.",
    fix: [
      "`details.requiredScope` names the scope that is missing.",
      "Make a key that has it with the master key: `POST /v1/api-keys`.",
      "In the console `details.requiredRole` names the role: ask an owner on the Members page.",
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
      "Do not retry until then: every try is refused and logged. The refusal is not stored under an `Idempotency-Key`.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "This agent is paused. Its operator can resume it.",
      details: { agentId: "01JD3M8Q6V2N4T5R7W9XYZABCD" },
    },
  },
  ORG_STOPPED: {
    happened:
      "The operator has stopped the organisation: none of its agents acts, on any channel. Mail to them is still stored, and mail that was queued waits.",
    fix: [
      "Its operator lets them act again in the console, or with `POST /v1/orgs/{id}/resume` and the master key.",
      "Do not retry until then: every try is refused and logged. The refusal is not stored under an `Idempotency-Key`.",
    ],
    example: {
      instance: "/v1/email/send",
      detail: "Every agent of this organisation is stopped. Its operator can resume them.",
      details: { remediation: { hint: "POST /v1/orgs/{id}/resume with the master key." } },
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
      "On the pages of a payment provider: `details.payments` is `manual` where payments are made by hand. Change the plan with `POST /v1/billing/change-plan`.",
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
      "The refusal is not stored under an `Idempotency-Key`: the same request goes then.",
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
    happened:
      "The body has a `Content-Type` other than JSON, or is compressed; or the text was asked for of an attachment that is none.",
    fix: [
      "Send `Content-Type: application/json`, and the fields as one JSON object, without `Content-Encoding`.",
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
  PHONE_PROVIDER_ERROR: {
    happened:
      "The telephone carrier refused or did not answer. `details.carrierCode` is its own word for why, `details.retryable` says whether another try may help.",
    fix: [
      "Where `details.retryable` is true, send the same request again a little later.",
      "Operators: look at the carrier's own console and status page, and at the credentials in the configuration.",
    ],
    example: {
      instance: "/v1/phone/provision",
      detail: "The carrier did not answer.",
      details: { carrierCode: null, retryable: true },
    },
  },
  SERVICE_UNAVAILABLE: {
    happened:
      "The server's database does not answer at the moment; or, with `details.gate`, the carrier could not say whether a number changed hands, and nothing is dialled without knowing. Nothing was done.",
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
  VOICE_DAILY_CAP_EXCEEDED: {
    happened: "The plan allows only so many calls a day, and they are used up. Nothing was dialled or charged.",
    fix: [
      "`details.current` and `details.cap` count them; `details.resetsAt` is when the organisation's next day begins.",
      "`details.remediation.plan` names the smallest plan that allows more.",
      "The refusal is not stored under an `Idempotency-Key`: the same request goes when there is room.",
    ],
    example: {
      instance: "/v1/voice/calls",
      detail: "The plan FREE allows 4 calls a day, and 4 are used.",
      details: {
        gate: "frequency",
        resource: "voice",
        source: "plan",
        period: "day",
        current: 4,
        cap: 4,
        resetsAt: "2026-11-25T00:00:00.000Z",
      },
    },
  },
  VOICE_MONTHLY_CAP_EXCEEDED: {
    happened: "The plan allows only so many calls a month, and they are used up. Nothing was dialled or charged.",
    fix: [
      "`details.current` and `details.cap` count them; `details.resetsAt` is when the next month begins.",
      "`details.remediation.plan` names the smallest plan that allows more.",
    ],
    example: {
      instance: "/v1/voice/calls",
      detail: "The plan FREE allows 20 calls a month, and 20 are used.",
      details: {
        gate: "frequency",
        resource: "voice",
        source: "plan",
        period: "month",
        current: 20,
        cap: 20,
        resetsAt: "2026-12-01T00:00:00.000Z",
      },
    },
  },
  DESTINATION_NOT_ALLOWED: {
    happened:
      "The number is one that no agent may call or text: an emergency, short or premium-rate number, or one of a country that is not allowed. The refusal is on the audit log.",
    fix: [
      "`details.reason` says which it is.",
      "Countries are those of the agent's number until the master key's holder names others: `PUT /v1/phone/rules` with `countries`.",
      "Emergency, short and premium-rate numbers are refused whatever is set.",
    ],
    example: {
      instance: "/v1/voice/calls",
      detail: "Numbers of FR may not be called.",
      details: { gate: "number", reason: "country", country: "FR", allowedCountries: ["US"] },
    },
  },
  CONSENT_REQUIRED: {
    happened:
      "Nothing says that the person agreed to be called or texted, or they took it back. Each call and text needs it; it fails closed. The refusal is on the audit log.",
    fix: [
      "Say on what it rests in `metadata.consent_source`; `details.allowed` lists the values.",
      "Or record the consent with what proves it: `POST /v1/consents`.",
      "After a revocation only a newer consent lifts it, recorded with the master key. What is asserted with a call does not.",
    ],
    example: {
      instance: "/v1/voice/calls",
      detail: "metadata.consent_source is missing: on what does this call or text rest?",
      details: {
        gate: "consent",
        field: "metadata.consent_source",
        allowed: ["opt-in:web-form", "opt-in:double-opt-in", "customer-initiated", "business-relationship"],
      },
    },
  },
  DO_NOT_CALL: {
    happened:
      "The number is on the organisation's do-not-call list (`details.reason`: listed), or the person has said stop (opted_out), in a text or a call. It holds for both. The refusal is on the audit log.",
    fix: [
      "Do not try again, from no other agent either.",
      "The person lifts it by texting START; the operator, who knows that they want it, with `POST /v1/phone/sms-unsuppress`.",
      "A listed number is taken off with `DELETE /v1/phone/dnc/{phoneNumber}` and the master key.",
    ],
    example: {
      instance: "/v1/phone/send-sms",
      detail: "The person said stop at 2026-11-20T17:04:00.000Z.",
      details: { gate: "do_not_call", reason: "opted_out", since: "2026-11-20T17:04:00.000Z" },
    },
  },
  NUMBER_REASSIGNED: {
    happened:
      "The number has changed hands since the person consented (`details.reason`: reassigned), or nobody knows and the organisation's rule does not allow that (no_data). It is never dialled. The refusal is on the audit log.",
    fix: [
      "Ask the person for the number they have now, and record a new consent: `POST /v1/consents`.",
      "Where nobody knows, a consent record younger than 30 days is needed, or fewer where `noDataConsentDays` of `PUT /v1/phone/rules` says so.",
      "An answer of the carrier's is kept for 30 days.",
    ],
    example: {
      instance: "/v1/voice/calls",
      detail: "The number has changed hands since 2026-02-01T00:00:00.000Z: whoever has it now did not consent.",
      details: { gate: "reassigned", reason: "reassigned", since: "2026-02-01T00:00:00.000Z" },
    },
  },
  OUTSIDE_CALLING_HOURS: {
    happened:
      "It is too early or too late where the person may be: before 8:00 or after 21:00, outside the state's narrower hours, or outside those that the organisation has set. Every zone that the number can be in counts.",
    fix: [
      "Wait until `details.nextAllowedAt`: it is exact, and null where no hour of the coming 400 days will do.",
      "The hours and their statutes are listed in the documentation of calls and texts.",
      "The refusal is not stored under an `Idempotency-Key`: the same request goes then.",
    ],
    example: {
      instance: "/v1/voice/calls",
      detail:
        "It is Tuesday 07:12 in America/Los_Angeles; 47 U.S.C. 227; 47 CFR 64.1200(c)(1) allows 08:00 to 21:00 on this day.",
      details: { gate: "calling_hours", nextAllowedAt: "2026-11-24T16:00:00.000Z" },
    },
  },
  PHONE_NOT_PROVISIONED: {
    happened: "The agent has no telephone number to call or text from.",
    fix: [
      "Give it one with the master key: `POST /v1/phone/provision`.",
      "`GET /v1/phone/search` shows what there is.",
    ],
    example: {
      instance: "/v1/voice/calls",
      detail: "This agent has no telephone number.",
      details: { gate: "plan", agentId: "01JD3M8Q6V2N4T5R7W9XYZABCD" },
    },
  },
  VOICE_RATE_LIMIT_EXCEEDED: {
    happened:
      "The number had its calls of 24 hours (three, or fewer where the organisation says so), or the organisation dials more than five times a second.",
    fix: [
      "Wait the seconds in `Retry-After`; `details.nextAllowedAt` is the exact moment where it is about the number.",
      "Spread calls to many numbers: five dials a second.",
    ],
    example: {
      instance: "/v1/voice/calls",
      detail: "This number had 3 calls in 24 hours; 3 are allowed.",
      details: { gate: "frequency", limit: 3, nextAllowedAt: "2026-11-25T09:30:00.000Z", retryAfter: 41_000 },
    },
  },
  SMS_RATE_LIMIT_EXCEEDED: {
    happened: "The number had its texts of 24 hours: eight, or fewer where the organisation says so.",
    fix: ["Wait the seconds in `Retry-After`; `details.nextAllowedAt` is the exact moment."],
    example: {
      instance: "/v1/phone/send-sms",
      detail: "This number had 8 texts in 24 hours; 8 are allowed.",
      details: { gate: "frequency", limit: 8, nextAllowedAt: "2026-11-25T09:30:00.000Z", retryAfter: 41_000 },
    },
  },
};
