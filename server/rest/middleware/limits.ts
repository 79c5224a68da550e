import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import { type DomainError, rateLimited } from "#server/domain/errors.ts";
import { networkOf } from "#server/platform/network.ts";
import type { Quota } from "#server/platform/rate-limit.ts";
import type { Tier } from "#server/platform/tiers.ts";
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
  const key = known ? principal.orgId : `address ${networkOf(c.var.clientAddress)}`;
  const quotas = await takeRequest(services, known ? principal.tier : "FREE", key);
  c.set("quotas", quotas);
  const refusal = refusalOf(quotas);
  if (refusal === null) return;
  beforeRefusal();
  throw refusal;
}

/** Counts a request, of an organisation or a client's address, against both limits of a plan. */
export async function takeRequest(
  { config, rateLimits }: Pick<RestServices, "config" | "rateLimits">,
  tier: Tier,
  key: string,
): Promise<{ minute: Quota; second: Quota }> {
  const limits = config.plans[tier];
  const second = await rateLimits.take("second", key, limits.requestsPerSecond, 1);
  // What the second refuses does not use up the minute as well: who waits for Retry-After goes on.
  const minute = await rateLimits[second.exceeded ? "look" : "take"]("minute", key, limits.requestsPerMinute, 60);
  return { minute, second };
}

/** RATE_LIMIT_PER_SECOND, RATE_LIMIT; null where neither limit is exceeded. */
export function refusalOf({ minute, second }: { minute: Quota; second: Quota }): DomainError | null {
  if (second.exceeded) return rateLimited("RATE_LIMIT_PER_SECOND", EXCEEDED, second);
  return minute.exceeded ? rateLimited("RATE_LIMIT", EXCEEDED, minute) : null;
}
