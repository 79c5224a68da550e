import { vi } from "vitest";

/** Far longer than anything takes that a test waits for, since machines are shared, and within the time of a test. */
const LIMIT_MS = 60_000;

/** For what other processes are told at once: what they remember they would forget by themselves after 5 s. */
export const SOONER_THAN_FORGOTTEN = { timeout: 4_000, interval: 10 };

type Options = { timeout?: number; interval?: number };

/** Calls it again until it does not throw. @returns what it gave @throws what it threw last, after a minute or `timeout` ms */
export function waitFor<Value>(check: () => Value | Promise<Value>, options: Options = {}): Promise<Value> {
  return vi.waitFor(check, { timeout: LIMIT_MS, ...options });
}

/** Calls it again until it gives something. @returns what it gave @throws after a minute or `timeout` ms */
export function waitUntil<Value>(check: () => Value | Promise<Value>, options: Options = {}) {
  return vi.waitUntil(check, { timeout: LIMIT_MS, ...options });
}
