import { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";

export type Quota = {
  limit: number;
  remaining: number;
  /** Seconds until the window ends. */
  resetSeconds: number;
  exceeded: boolean;
};

/** Fixed windows, counted in memory or, where replicas share them, in Redis. */
export type RateLimits = {
  /** Takes one from the window of `key`. @param windowSeconds its length */
  take(name: string, key: string, limit: number, windowSeconds: number): Promise<Quota>;
  /** The same window, of which nothing is taken. */
  look(name: string, key: string, limit: number, windowSeconds: number): Promise<Quota>;
  close(): Promise<void>;
};

type Limiter = RateLimiterMemory | RateLimiterRedis;

/**
 * While Redis does not answer, each process counts for itself: a limit that is too generous for a while is better than
 * refusing everybody.
 */
export function createRateLimits(redisUrl: string | null, onError: (error: unknown) => void): RateLimits {
  const redis = redisUrl
    ? new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 500 })
    : null;
  redis?.on("error", onError);
  const limiters = new Map<string, Limiter>();

  function limiterFor(name: string, limit: number, windowSeconds: number): Limiter {
    const id = `${name}:${limit}:${windowSeconds}`;
    const known = limiters.get(id);
    if (known) return known;
    const options = { keyPrefix: `anima:${name}`, points: limit, duration: windowSeconds };
    const memory = new RateLimiterMemory(options);
    const limiter = redis ? new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory }) : memory;
    limiters.set(id, limiter);
    return limiter;
  }

  return {
    async take(name, key, limit, windowSeconds) {
      const limiter = limiterFor(name, limit, windowSeconds);
      try {
        return toQuota(limit, await limiter.consume(key), false);
      } catch (rejection) {
        if (rejection instanceof RateLimiterRes) return toQuota(limit, rejection, true);
        throw rejection;
      }
    },
    async look(name, key, limit, windowSeconds) {
      const state = await limiterFor(name, limit, windowSeconds).get(key);
      if (state) return toQuota(limit, state, false);
      return { limit, remaining: limit, resetSeconds: windowSeconds, exceeded: false };
    },
    async close() {
      redis?.disconnect();
    },
  };
}

function toQuota(limit: number, state: RateLimiterRes, exceeded: boolean): Quota {
  return {
    limit,
    remaining: Math.max(0, state.remainingPoints),
    resetSeconds: Math.max(0, Math.ceil(state.msBeforeNext / 1000)),
    exceeded,
  };
}
