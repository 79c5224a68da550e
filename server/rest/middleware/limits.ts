import { createMiddleware } from "hono/factory";
import { rateLimited } from "#server/domain/errors.ts";
import { TIER_LIMITS } from "#server/platform/tiers.ts";
import { MAX_BODY_BYTES, tooLarge } from "../body.ts";
import type { RestEnv, RestServices } from "../environment.ts";

/** Refuses a body that announces itself as too large before a byte of it is read. */
export const bodyLimit = createMiddleware<RestEnv>(async (c, next) => {
  if (Number(c.req.header("content-length") ?? 0) > MAX_BODY_BYTES) throw tooLarge(MAX_BODY_BYTES);
  await next();
});

const EXCEEDED = "Rate limit exceeded";

/**
 * Both limits of the organisation, per second and per minute; without a valid key, the smallest plan's for the
 * client's address, so that guessing keys is limited too.
 * RATE_LIMIT_PER_SECOND, RATE_LIMIT with details {limit, remaining, retryAfter} and Retry-After.
 */
export function rateLimit(services: RestServices) {
  return createMiddleware<RestEnv>(async (c, next) => {
    const { principal } = c.var.ctx;
    const known = principal.kind !== "anonymous";
    const limits = TIER_LIMITS[known ? principal.tier : "FREE"];
    const key = known ? principal.orgId : `address ${c.var.clientAddress}`;
    const second = await services.rateLimits.take("second", key, limits.requestsPerSecond, 1);
    const minute = await services.rateLimits.take("minute", key, limits.requestsPerMinute, 60);
    c.set("quotas", { minute, second });
    if (second.exceeded) throw rateLimited("RATE_LIMIT_PER_SECOND", EXCEEDED, second);
    if (minute.exceeded) throw rateLimited("RATE_LIMIT", EXCEEDED, minute);
    await next();
  });
}
