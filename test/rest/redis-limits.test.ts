import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRateLimits, type RateLimits } from "#server/platform/rate-limit.ts";
import { openRuntime, type Runtime } from "#server/runtime.ts";
import { startRedis, type TestRedis } from "./support/redis.ts";
import { startThings, type Things } from "./support/things.ts";

let redis: TestRedis;
let things: Things;
let other: Runtime;
let callOther: Things["call"];

beforeAll(async () => {
  redis = await startRedis();
  things = await startThings({ REDIS_URL: redis.url });
  other = await openRuntime(things.app.runtime.config, things.app.databaseUrl);
  callOther = things.on(other);
  await Promise.all([connected(things.app.runtime.rateLimits), connected(other.rateLimits)]);
});
afterAll(async () => {
  await other.close();
  await things.close();
  await redis.close();
});

/** Waits until the limits are counted in Redis: then another client sees the count. */
async function connected(limits: RateLimits): Promise<void> {
  const witness = createRateLimits(redis.url, () => {});
  const key = `probe ${Math.random()}`;
  const deadline = Date.now() + 10_000;
  for (;;) {
    const left = (await limits.take("probe", key, 1_000, 60)).remaining;
    if ((await witness.take("probe", key, 1_000, 60)).remaining === left - 1) break;
    if (Date.now() > deadline) throw new Error("Redis is not reached");
    await setTimeout(10);
  }
  await witness.close();
}

const minuteLeft = (headers: Headers) => Number(headers.get("x-ratelimit-remaining"));

it("two replicas count together", async () => {
  const { masterKey: key } = await things.app.organisation("FREE");
  for (let n = 0; n < 60; n++) {
    const { status, headers } = await (n % 2 ? things.call : callOther)("GET", "/v1/things", { key });
    expect(status).toBe(200);
    expect(minuteLeft(headers)).toBe(59 - n);
  }
  for (const call of [things.call, callOther]) {
    const { status, headers, body } = await call("GET", "/v1/things", { key });
    expect(status).toBe(429);
    expect(body).toMatchObject({ code: "RATE_LIMIT", details: { limit: 60, remaining: 0 } });
    expect(headers.get("retry-after")).toMatch(/^\d+$/);
  }
});

it("when Redis dies each replica counts for itself, and together again when it is back", async () => {
  const { masterKey: key } = await things.app.organisation("FREE");
  await redis.kill();
  for (const call of [things.call, callOther]) {
    for (let n = 0; n < 5; n++) {
      const { status, headers } = await call("GET", "/v1/things", { key });
      expect(status).toBe(200);
      expect(minuteLeft(headers)).toBe(59 - n);
    }
  }
  await redis.restart();
  await Promise.all([connected(things.app.runtime.rateLimits), connected(other.rateLimits)]);
  const lefts = [];
  for (const call of [things.call, callOther])
    lefts.push(minuteLeft((await call("GET", "/v1/things", { key })).headers));
  expect(lefts).toEqual([59, 58]);
});

it("a Redis that was never there does not keep anybody out", async () => {
  const errors: unknown[] = [];
  const limits = createRateLimits("redis://127.0.0.1:1", (error) => errors.push(error));
  expect(await limits.take("minute", "org", 2, 60)).toMatchObject({ remaining: 1, exceeded: false });
  expect(await limits.take("minute", "org", 2, 60)).toMatchObject({ remaining: 0, exceeded: false });
  expect(await limits.take("minute", "org", 2, 60)).toMatchObject({ remaining: 0, exceeded: true });
  await limits.close();
});
