import type { Context as HonoContext } from "hono";
import type { Quota } from "#server/platform/rate-limit.ts";
import { type Plan, TIER_LIMITS } from "#server/platform/tiers.ts";
import type { RestEnv } from "./environment.ts";

type Body = string | ReadableStream | null;

/**
 * Makes an answer with the headers that every answer carries, errors and replays included: both ids and the state of
 * both limits. They are given at once, because a header that is set on a finished response costs as much as the response.
 * A header of the answer's own wins (a replay has its own correlation id).
 */
export function answer(c: HonoContext<RestEnv>, body: Body, status: number, headers: Record<string, string>): Response {
  return new Response(body, { status, headers: { ...commonHeaders(c), ...headers } });
}

function commonHeaders(c: HonoContext<RestEnv>): Record<string, string> {
  const { ctx } = c.var;
  return {
    "x-request-id": c.var.requestId,
    "x-correlation-id": ctx.correlationId,
    ...limitHeaders(c.var.quotas ?? idleQuotas(ctx.services.config.plans.FREE), ctx.services.clock.now()),
  };
}

/** The headers of an answer that was given before anybody could be asked for the limits. */
export function idleLimitHeaders(now: Date): Record<string, string> {
  return limitHeaders(idleQuotas(TIER_LIMITS.FREE), now);
}

function limitHeaders({ minute, second }: { minute: Quota; second: Quota }, now: Date): Record<string, string> {
  const nowSeconds = Math.ceil(now.getTime() / 1000);
  return {
    "x-ratelimit-limit": String(minute.limit),
    "x-ratelimit-remaining": String(minute.remaining),
    "x-ratelimit-reset": String(nowSeconds + minute.resetSeconds),
    "x-ratelimit-sec-limit": String(second.limit),
    "x-ratelimit-sec-remaining": String(second.remaining),
    "x-ratelimit-sec-reset": String(nowSeconds + second.resetSeconds),
    // draft-ietf-httpapi-ratelimit-headers
    "ratelimit-policy": `"minute";q=${minute.limit};w=60, "second";q=${second.limit};w=1`,
    ratelimit: `"minute";r=${minute.remaining};t=${minute.resetSeconds}, "second";r=${second.remaining};t=${second.resetSeconds}`,
  };
}

// For an answer that was given before the limits were asked (a body too large, a dead database).
function idleQuotas({ requestsPerMinute, requestsPerSecond }: Plan): { minute: Quota; second: Quota } {
  const idle = (limit: number, resetSeconds: number) => ({ limit, remaining: limit, resetSeconds, exceeded: false });
  return { minute: idle(requestsPerMinute, 60), second: idle(requestsPerSecond, 1) };
}
