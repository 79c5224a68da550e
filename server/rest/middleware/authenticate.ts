import { createMiddleware } from "hono/factory";
import { DomainError } from "#server/domain/errors.ts";
import { extendLogScope } from "#server/platform/log.ts";
import type { RestEnv, RestServices } from "../environment.ts";

/**
 * Finds out whose key came with the request (Authorization: Bearer, or X-API-Key).
 * A wrong key is UNAUTHORIZED, but only after the limits were asked: it is kept for `refuseBadKey`.
 */
export function authenticate(services: RestServices) {
  return createMiddleware<RestEnv>(async (c, next) => {
    const presented = presentedKey(c.req.header("authorization"), c.req.header("x-api-key"));
    if (presented !== null) {
      const principal = await services.directory.principalOf(presented);
      if (principal) {
        c.var.ctx.principal = principal;
        extendLogScope({ orgId: principal.orgId });
      }
    }
    await next();
  });
}

/** UNAUTHORIZED for a key that nobody holds, also where no key would have been needed: the client believes in it. */
export const refuseBadKey = createMiddleware<RestEnv>(async (c, next) => {
  const presented = presentedKey(c.req.header("authorization"), c.req.header("x-api-key"));
  if (presented !== null && c.var.ctx.principal.kind === "anonymous") {
    throw new DomainError("UNAUTHORIZED", "The API key is unknown, revoked or expired.", {
      headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    });
  }
  await next();
});

/** The key that came with a request; empty where Authorization holds something else, null where there is none. */
export function presentedKey(authorization: string | undefined, apiKey: string | undefined): string | null {
  if (authorization !== undefined) {
    const bearer = /^Bearer +(\S{1,512})$/i.exec(authorization.trim())?.[1];
    return bearer ?? "";
  }
  return apiKey?.trim() || null;
}
