import { Hono, type MiddlewareHandler } from "hono";
import { DomainError, ERRORS, notFound } from "#server/domain/errors.ts";
import { KeyTaken } from "#server/domain/idempotency/claim.ts";
import { recordDenial } from "#server/domain/transaction.ts";
import type { RestEnv, RestServices } from "./environment.ts";
import { handle } from "./handle.ts";
import { authenticate, refuseBadKey } from "./middleware/authenticate.ts";
import { authorise } from "./middleware/authorise.ts";
import { idempotency } from "./middleware/idempotency.ts";
import { correlationHeader, ids } from "./middleware/ids.ts";
import { bodyLimit, rateLimit, rateLimitHeaders } from "./middleware/limits.ts";
import { problemMediaType, toDomainError, toProblem } from "./problem.ts";
import { honoPath, type RouteDefinition } from "./route.ts";
import { routes } from "./routes/index.ts";

/** The public API: one web-standard handler, mounted ahead of Next by main.ts and inside it by app/v1. */
export function createRestApp(services: RestServices, definitions: readonly RouteDefinition[] = routes): Hono<RestEnv> {
  const app = new Hono<RestEnv>();

  // Errors are mapped where they are thrown (app.onError), so every step below also sees the answer of an error.
  const pipeline: MiddlewareHandler<RestEnv>[] = [
    ids(services),
    rateLimitHeaders(services),
    denials(services),
    bodyLimit,
    authenticate(services),
    rateLimit(services),
    refuseBadKey,
    correlationHeader,
  ];
  app.use("/v1/*", ...pipeline);
  app.use("/v1", ...pipeline);
  for (const route of definitions) {
    app.on(
      route.method.toUpperCase(),
      honoPath(route.path),
      authorise(route),
      idempotency(route),
      handle(route, services),
    );
  }

  app.notFound((c) => {
    const allowed = allowedMethods(definitions, c.req.path);
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
    if (thrown instanceof KeyTaken) return c.body(null, 409);
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
    return c.body(JSON.stringify(problem), status as 400, {
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

function allowedMethods(definitions: readonly RouteDefinition[], path: string): string[] {
  const methods = definitions
    .filter((route) => new RegExp(`^/v1${route.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path))
    .map((route) => route.method.toUpperCase());
  return [...new Set(methods)].sort();
}
