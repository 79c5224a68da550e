import { createMiddleware } from "hono/factory";
import { DomainError } from "#server/domain/errors.ts";
import { ByteBudget } from "#server/platform/byte-budget.ts";
import { processWide } from "#server/platform/process-wide.ts";
import { MAX_BODY_BYTES, maxBodyBytes, tooLarge } from "../body.ts";
import type { RestEnv } from "../environment.ts";
import type { RouteDefinition } from "../route.ts";

/** What all large bodies of the process may take together, from when they are read until they are answered. */
export const BUDGET_BYTES = 256 * 1024 * 1024;
/** Smaller bodies are many and short-lived: they are not counted. */
const SMALL_BYTES = 64 * 1024;
const WAIT_MS = 20_000;

export const budget = () => processWide("body-memory", () => new ByteBudget(BUDGET_BYTES));

/**
 * Keeps the memory bounded however many clients send large bodies at once: a body is not read before there is room.
 * SERVICE_UNAVAILABLE with Retry-After after 20 s; PAYLOAD_TOO_LARGE for a large body without a key.
 */
export function bodyMemory(route: RouteDefinition) {
  return createMiddleware<RestEnv>(async (c, next) => {
    if (route.method === "get") return next();
    const length = c.req.header("content-length");
    const bytes = length === undefined ? unannounced(c.req.header("transfer-encoding")) : Number(length);
    const limit = maxBodyBytes(c);
    if (length !== undefined && bytes > limit) throw tooLarge(limit);
    if (Math.min(bytes, limit) <= SMALL_BYTES) return next();
    if (!(await budget().take(bytes, WAIT_MS))) throw busy();
    try {
      await next();
    } finally {
      budget().give(bytes);
    }
  });
}

/** In chunks it may be as large as any. */
function unannounced(transferEncoding: string | undefined): number {
  return transferEncoding === undefined ? 0 : MAX_BODY_BYTES;
}

function busy(): DomainError {
  return new DomainError(
    "SERVICE_UNAVAILABLE",
    "Too many large requests are being read at the moment. Nothing was done; try again in a few seconds.",
    { details: { field: "body" }, headers: { "retry-after": "5", connection: "close" } },
  );
}
