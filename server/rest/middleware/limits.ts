import { createMiddleware } from "hono/factory";
import { DomainError } from "#server/domain/errors.ts";
import type { Quota } from "#server/platform/rate-limit.ts";
import { TIER_LIMITS } from "#server/platform/tiers.ts";
import { MAX_BODY_BYTES, tooLarge } from "../body.ts";
import type { RestEnv, RestServices } from "../environment.ts";

/** Refuses a body that announces itself as too large before a byte of it is read. */
export const bodyLimit = createMiddleware<RestEnv>(async (c, next) => {
  if (Number(c.req.header("content-length") ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  await next();
});

/** Puts the state of both limits on the answer, whatever the answer is. */
export function rateLimitHeaders(services: RestServices) {
  return createMiddleware<RestEnv>(async (c, next) => {
    await next();
    const quotas = c.var.quotas ?? idleQuotas();
    const now = services.clock.now().getTime();
    const { headers } = c.res;
    setQuota(headers, "X-RateLimit", quotas.minute, now);
    setQuota(headers, "X-RateLimit-Sec", quotas.second, now);
    // draft-ietf-httpapi-ratelimit-headers
    headers.set("RateLimit-Policy", `"minute";q=${quotas.minute.limit};w=60, "second";q=${quotas.second.limit};w=1`);
    headers.set(
      "RateLimit",
      `"minute";r=${quotas.minute.remaining};t=${quotas.minute.resetSeconds}, "second";r=${quotas.second.remaining};t=${quotas.second.resetSeconds}`,
    );
  });
}

function setQuota(headers: Headers, name: string, quota: Quota, nowMs: number): void {
  headers.set(`${name}-Limit`, String(quota.limit));
  headers.set(`${name}-Remaining`, String(quota.remaining));
  headers.set(`${name}-Reset`, String(Math.ceil(nowMs / 1000) + quota.resetSeconds));
}

// For an answer that was given before the limits were asked (a body too large, a dead database).
function idleQuotas(): { minute: Quota; second: Quota } {
  const { requestsPerMinute, requestsPerSecond } = TIER_LIMITS.FREE;
  const idle = (limit: number, resetSeconds: number) => ({ limit, remaining: limit, resetSeconds, exceeded: false });
  return { minute: idle(requestsPerMinute, 60), second: idle(requestsPerSecond, 1) };
}

/**
 * Both limits of the organisation, per second and per minute; without a valid key, the smallest plan's for the
 * client's address, so that guessing keys is limited too.
 * RATE_LIMIT_PER_SECOND, RATE_LIMIT with details {limit, remaining, retryAfter} and Retry-After.
 */
export function rateLimit(services: RestServices) {
  return createMiddleware<RestEnv>(async (c, next) => {
    const { principal } = c.var.ctx;
    const known = principal.kind !== "anonymous" && principal.kind !== "system";
    const limits = TIER_LIMITS[known ? principal.tier : "FREE"];
    const key = known ? principal.orgId : `address ${c.var.clientAddress}`;
    const second = await services.rateLimits.take("second", key, limits.requestsPerSecond, 1);
    const minute = await services.rateLimits.take("minute", key, limits.requestsPerMinute, 60);
    c.set("quotas", { minute, second });
    if (second.exceeded) throw exceeded("RATE_LIMIT_PER_SECOND", second);
    if (minute.exceeded) throw exceeded("RATE_LIMIT", minute);
    await next();
  });
}

function exceeded(code: "RATE_LIMIT" | "RATE_LIMIT_PER_SECOND", quota: Quota): DomainError {
  const retryAfter = Math.max(1, quota.resetSeconds);
  return new DomainError(code, "Rate limit exceeded", {
    details: { limit: quota.limit, remaining: 0, retryAfter },
    headers: { "retry-after": String(retryAfter) },
  });
}
