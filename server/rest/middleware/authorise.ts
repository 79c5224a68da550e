import { createMiddleware } from "hono/factory";
import { authorise as check } from "#server/domain/authorise.ts";
import type { RestEnv } from "../environment.ts";
import type { RouteDefinition } from "../route.ts";

/** Key kind and scope, before anything of the request is read or stored. */
export function authorise(route: RouteDefinition) {
  return createMiddleware<RestEnv>(async (c, next) => {
    check(c.var.ctx, route.access, route.effect);
    await next();
  });
}
