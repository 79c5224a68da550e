import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GIVE_UP_AFTER_SECONDS, nextAttemptDelaySeconds } from "./retry.ts";

const acceptedAt = new Date("2026-03-01T12:00:00Z");
const secondsLater = (seconds: number) => new Date(acceptedAt.getTime() + seconds * 1000);
const unmoved = () => 0.5;

/** The seconds after acceptance at which a mail that never gets through is tried, the first at once. */
function attempts(random: () => number): number[] {
  const times = [0];
  for (let attempt = 1; attempt < 1_000; attempt++) {
    const now = times.at(-1) ?? 0;
    const delay = nextAttemptDelaySeconds(attempt, acceptedAt, secondsLater(now), random);
    if (delay === null) return times;
    times.push(now + delay);
  }
  throw new Error("the schedule does not end");
}

describe("nextAttemptDelaySeconds", () => {
  it("doubles from 15 seconds up to 2 hours", () => {
    const delays = [1, 2, 3, 4, 9, 10, 11, 50].map((n) => nextAttemptDelaySeconds(n, acceptedAt, acceptedAt, unmoved));
    expect(delays).toEqual([15, 30, 60, 120, 3840, 7200, 7200, 7200]);
  });

  it("tries a last time as the 24 hours end and then gives up", () => {
    expect(nextAttemptDelaySeconds(30, acceptedAt, secondsLater(GIVE_UP_AFTER_SECONDS - 100), unmoved)).toBe(100);
    expect(nextAttemptDelaySeconds(30, acceptedAt, secondsLater(GIVE_UP_AFTER_SECONDS), unmoved)).toBeNull();
    expect(nextAttemptDelaySeconds(1, acceptedAt, secondsLater(GIVE_UP_AFTER_SECONDS + 1), unmoved)).toBeNull();
  });

  it("waits longer each time, within the jitter, never under a second, and ends at 24 hours", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (numbers) => {
        const times = attempts(() => numbers.next().value);
        const delays = times.slice(1).map((time, i) => time - (times[i] ?? 0));
        expect(times.at(-1)).toBe(GIVE_UP_AFTER_SECONDS);
        expect(times.length).toBeGreaterThan(15);
        expect(times.length).toBeLessThan(40);
        for (const [i, delay] of delays.slice(0, -1).entries()) {
          expect(delay).toBeGreaterThanOrEqual(1);
          expect(delay).toBeLessThanOrEqual(7200 * 1.2);
          expect(delay).toBeGreaterThanOrEqual((delays[i - 1] ?? 0) * 0.6);
        }
      }),
      { numRuns: 200 },
    );
  });
});
