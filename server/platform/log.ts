import { AsyncLocalStorage } from "node:async_hooks";
import { type Logger, pino } from "pino";
import { processWide } from "./process-wide.ts";

export type { Logger } from "pino";

// Whatever is logged under these names is replaced. Bodies and keys are never handed to the log in the first place.
const SECRET_FIELDS = [
  "authorization",
  "cookie",
  "password",
  "secret",
  "token",
  "apiKey",
  "masterKey",
  "otp_code",
  "rootKey",
];

type LogScope = { requestId: string; correlationId: string; orgId?: string };

const scopes = processWide("log-scopes", () => new AsyncLocalStorage<LogScope>());

/** Makes the process's logger: JSON lines on stderr, each with the ids of the request it belongs to. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: "[redacted]" },
      mixin: () => scopes.getStore() ?? {},
      serializers: { err: describeError },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}

// Driver errors carry parameters and details with the data in them; only what locates the fault is kept.
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message.split("\n").at(-1)?.slice(0, 300),
    ...(code === undefined ? {} : { code }),
    stack: error.stack
      ?.split("\n")
      .filter((line) => line.trimStart().startsWith("at "))
      .slice(0, 12)
      .join("\n"),
    ...(error.cause ? { cause: describeError(error.cause) } : {}),
  };
}

/** Runs something so that every log line made inside carries the scope. */
export function withLogScope<T>(scope: LogScope, run: () => T): T {
  return scopes.run(scope, run);
}

/** Adds to the scope of the running request what became known later. */
export function extendLogScope(fields: Partial<LogScope>): void {
  Object.assign(scopes.getStore() ?? {}, fields);
}
