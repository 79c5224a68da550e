import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import { networkOf } from "#server/domain/agents/sign-up-limit.ts";
import { rateLimited } from "#server/domain/errors.ts";
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
 * What is signed is answered first: who signs right is never limited, and whoever is refused (4xx) counts, so that
 * forging is limited as guessing is.
 * RATE_LIMIT_PER_SECOND, RATE_LIMIT with details {limit, remaining, retryAfter} and Retry-After.
 */
export function rateLimit(services: RestServices, isSigned: (request: { method: string; path: string }) => boolean) {
  return createMiddleware<RestEnv>(async (c, next) => {
    if (c.var.ctx.principal.kind !== "anonymous" || !isSigned(c.req)) {
      await take(services, c);
      return next();
    }
    await next();
    if (c.res.status < 400 || c.res.status >= 500) return;
    await take(services, c, () => {
      // Headers of the answer that was refused would go out with the one that takes its place.
      c.res = undefined;
    });
  });
}

async function take(services: RestServices, c: HonoContext<RestEnv>, beforeRefusal = () => {}): Promise<void> {
  const { principal } = c.var.ctx;
  const known = principal.kind !== "anonymous";
  const limits = services.config.plans[known ? principal.tier : "FREE"];
  const key = known ? principal.orgId : `address ${networkOf(c.var.clientAddress)}`;
  const second = await services.rateLimits.take("second", key, limits.requestsPerSecond, 1);
  // What the second refuses does not use up the minute as well: who waits for Retry-After goes on.
  const ask = second.exceeded ? services.rateLimits.look : services.rateLimits.take;
  const minute = await ask("minute", key, limits.requestsPerMinute, 60);
  c.set("quotas", { minute, second });
  if (!second.exceeded && !minute.exceeded) return;
  beforeRefusal();
  throw second.exceeded
    ? rateLimited("RATE_LIMIT_PER_SECOND", EXCEEDED, second)
    : rateLimited("RATE_LIMIT", EXCEEDED, minute);
}
