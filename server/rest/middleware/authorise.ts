import { createMiddleware } from "hono/factory";
import { authorise as check } from "#server/domain/authorise.ts";
import { DomainError } from "#server/domain/errors.ts";
import type { RestEnv } from "../environment.ts";
import type { RouteDefinition } from "../route.ts";

/** Key kind and scope, before anything of the request is read or stored. */
export function authorise(route: RouteDefinition) {
  return createMiddleware<RestEnv>(async (c, next) => {
    check(c.var.ctx, route.access);
    await next();
  });
}

const KEY = /^[\x20-\x7e]{1,255}$/;

/** INVALID_IDEMPOTENCY_KEY unless the header is 1 to 255 printable ASCII characters. */
export function checkIdempotencyKey(key: string): string {
  if (KEY.test(key)) return key;
  throw new DomainError("INVALID_IDEMPOTENCY_KEY", "Idempotency-Key must be 1 to 255 printable ASCII characters.", {
    details: { field: "Idempotency-Key" },
  });
}
