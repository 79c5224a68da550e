import { AsyncLocalStorage } from "node:async_hooks";
import { type DestinationStream, type Logger, pino } from "pino";
import { processWide } from "./process-wide.ts";

export type { Logger } from "pino";

type LogScope = { requestId: string; correlationId: string; orgId?: string };

const scopes = processWide("log-scopes", () => new AsyncLocalStorage<LogScope>());

/** Makes the process's logger: JSON lines on stderr, each with the ids of the request it belongs to, without secrets. */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Logger {
  return pino(
    {
      level,
      mixin: () => scopes.getStore() ?? {},
      formatters: { log: withoutSecrets },
      // Errors are already described by then; pino's own form would join the messages of their causes.
      serializers: { err: (described) => described },
      hooks: { streamWrite: withoutKeys },
    },
    destination,
  );
}

// Bodies and keys are never handed to the log in the first place; these two rules are for the day when one is.
const SECRET_NAME = /authorization|cookie|passw|secret|token|\botp|(api|master|root|private)[-_]?key/i;
// Paths that strangers choose are in the lines, so each alternative must be read in linear time: one way to match only.
const SECRET_TEXT =
  /\b[ams]k_[0-9A-Za-z]{20,}|(?<=\b(?:Bearer|Basic) {1,8})[^\s"\\]+|(?<=\/\/)[^\s"\\/@:]*:[^\s"\\/]*(?=@)/gi;
const CENSORED = "[redacted]";
const MAX_DEPTH = 8;

/** Replaces what looks like a key or a password wherever it stands in a line. */
function withoutKeys(line: string): string {
  return line.replace(SECRET_TEXT, CENSORED);
}

function withoutSecrets(object: Record<string, unknown>): Record<string, unknown> {
  return censored(object, 0) as Record<string, unknown>;
}

function censored(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth === MAX_DEPTH) return "[nested too deep]";
  if (Array.isArray(value)) return value.map((item) => censored(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET_NAME.test(name) ? CENSORED : censored(member, depth + 1),
    ]),
  );
}

// PostgreSQL quotes the data itself in the messages of its class 22 (data exceptions), also through Prisma.
const QUOTES_DATA = /^22|Code: `22/;

// Driver errors carry parameters and details with the data in them; only what locates the fault is kept.
function describeError(error: unknown, depth: number): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as { code?: unknown };
  const message = error.message.split("\n").at(-1)?.slice(0, 300) ?? "";
  const quotesData = QUOTES_DATA.test(String(code)) || QUOTES_DATA.test(message);
  return {
    type: error.name,
    message: quotesData ? message.replace(/".*("|$)/, `"${CENSORED}"`) : message,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    stack: error.stack
      ?.split("\n")
      .filter((line) => line.trimStart().startsWith("at "))
      .slice(0, 12)
      .join("\n"),
    ...(error.cause && depth < MAX_DEPTH ? { cause: describeError(error.cause, depth + 1) } : {}),
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
