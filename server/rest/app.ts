import { Hono, type MiddlewareHandler } from "hono";
import { DomainError, ERRORS, notFound } from "#server/domain/errors.ts";
import { KeyTaken } from "#server/domain/idempotency/claim.ts";
import { recordDenial } from "#server/domain/transaction.ts";
import { Slots } from "#server/platform/slots.ts";
import { answer } from "./answer.ts";
import type { RestEnv, RestServices } from "./environment.ts";
import { handle } from "./handle.ts";
import { authenticate, refuseBadKey } from "./middleware/authenticate.ts";
import { authorise } from "./middleware/authorise.ts";
import { bodyMemory } from "./middleware/body-memory.ts";
import { idempotency } from "./middleware/idempotency.ts";
import { correlationHeader, ids } from "./middleware/ids.ts";
import { bodyLimit, rateLimit } from "./middleware/limits.ts";
import { Turns } from "./middleware/turns.ts";
import { openApiRoute } from "./openapi.ts";
import { problemMediaType, toDomainError, toProblem } from "./problem.ts";
import { endpointsByPath, honoPath, type RouteDefinition } from "./route.ts";
import { routes } from "./routes/index.ts";

// How long a request waits for one with the same Idempotency-Key; in the database it is the lock_timeout.
const IDEMPOTENCY_WAIT_MS = 10_000;

/** The public API: one web-standard handler, mounted ahead of Next by main.ts and inside it by app/v1. */
export function createRestApp(services: RestServices, definitions: readonly RouteDefinition[] = routes): Hono<RestEnv> {
  const app = new Hono<RestEnv>();
  const endpoints = [...definitions, openApiRoute(definitions)];
  const signed = endpointsByPath(endpoints.filter(({ authentication }) => authentication === "signature"));

  // Errors are mapped where they are thrown (app.onError), so every step below also sees the answer of an error. What
  // every answer carries (ids, rate-limit headers) is put on where answers are made (answer.ts).
  const pipeline: MiddlewareHandler<RestEnv>[] = [
    ids(services),
    denials(services),
    bodyLimit,
    authenticate(services),
    rateLimit(services, ({ method, path }) => signed(path).some((route) => route.method.toUpperCase() === method)),
    refuseBadKey,
    correlationHeader,
  ];
  // Also outside of /v1: `/v1/../metrics` is handed to us as it was sent, and read by us as /metrics.
  app.use("*", ...pipeline);
  const turns = new Turns(IDEMPOTENCY_WAIT_MS);
  // A verb that runs in a keyed request's transaction may still need another connection (for what is remembered of an
  // agent). If transactions could take them all, each would wait for the others.
  const slots = new Slots(Math.ceil((services.db.pool.options.max ?? 2) / 2));
  for (const route of endpoints) {
    app.on(
      route.method.toUpperCase(),
      honoPath(route.path),
      authorise(route),
      bodyMemory(route),
      idempotency(route, turns, slots),
      handle(route, services),
    );
  }

  const reached = endpointsByPath(endpoints);
  app.notFound((c) => {
    const allowed = [...new Set(reached(c.req.path).map(({ method }) => method.toUpperCase()))].sort();
    const error =
      allowed.length === 0
        ? notFound("route")
        : new DomainError("METHOD_NOT_ALLOWED", `Use ${allowed.join(" or ")} here.`, {
            details: { allowed },
            headers: { allow: allowed.join(", ") },
          });
    throw error;
  });

  app.onError((thrown, c) => {
    // The idempotency step answers for it.
    if (thrown instanceof KeyTaken) return answer(c, null, 409, {});
    const error = toDomainError(thrown);
    const { logLevel, status } = ERRORS[error.code];
    services.log[logLevel](
      {
        code: error.code,
        path: c.req.path,
        method: c.req.method,
        ...(status >= 500 ? { err: error.cause ?? error } : {}),
      },
      "request refused",
    );
    const problem = toProblem(error, {
      path: c.req.path,
      requestId: c.var.requestId,
      docsUrl: services.config.errorDocsUrl,
    });
    return answer(c, JSON.stringify(problem), status, {
      ...error.headers,
      "content-type": problemMediaType(c.req.header("accept")),
      "cache-control": "no-store",
    });
  });
  return app;
}

/** Puts refusals on the audit log, unless the idempotency step already did so in its transaction. */
function denials(services: RestServices): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    await next();
    const denied = c.error instanceof DomainError ? c.error.denied : undefined;
    if (denied && !c.var.denialRecorded) await recordDenial(services, denied);
  };
}
