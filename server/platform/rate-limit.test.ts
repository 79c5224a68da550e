import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRateLimits, type RateLimits } from "./rate-limit.ts";

let limits: RateLimits;

beforeEach(() => {
  vi.useFakeTimers();
  limits = createRateLimits(null, () => {});
});
afterEach(async () => {
  await limits.close();
  vi.useRealTimers();
});

describe("a window in memory", () => {
  it("gives what it has, then nothing, and everything again when it is over", async () => {
    expect(await limits.take("second", "org", 2, 1)).toEqual({
      limit: 2,
      remaining: 1,
      resetSeconds: 1,
      exceeded: false,
    });
    expect(await limits.take("second", "org", 2, 1)).toMatchObject({ remaining: 0, exceeded: false });
    expect(await limits.take("second", "org", 2, 1)).toMatchObject({ remaining: 0, exceeded: true });
    vi.advanceTimersByTime(1_001);
    expect(await limits.take("second", "org", 2, 1)).toMatchObject({ remaining: 1, exceeded: false });
  });

  it("says in whole seconds when it is over", async () => {
    await limits.take("minute", "org", 5, 60);
    vi.advanceTimersByTime(30_500);
    expect(await limits.take("minute", "org", 5, 60)).toMatchObject({ resetSeconds: 30 });
  });

  it("can be looked at without taking from it", async () => {
    expect(await limits.look("minute", "org", 5, 60)).toEqual({
      limit: 5,
      remaining: 5,
      resetSeconds: 60,
      exceeded: false,
    });
    await limits.take("minute", "org", 5, 60);
    await limits.look("minute", "org", 5, 60);
    expect(await limits.look("minute", "org", 5, 60)).toMatchObject({ remaining: 4, resetSeconds: 60 });
  });

  it("belongs to one name and one key", async () => {
    await limits.take("minute", "a", 5, 60);
    expect(await limits.take("minute", "b", 5, 60)).toMatchObject({ remaining: 4 });
    expect(await limits.take("second", "a", 5, 1)).toMatchObject({ remaining: 4 });
  });
});
