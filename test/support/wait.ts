import { vi } from "vitest";

/** Far longer than anything takes that a test waits for, since machines are shared, and within the time of a test. */
const LIMIT_MS = 30_000;

type Options = { timeout?: number; interval?: number };

/** Calls it again until it does not throw. @returns what it gave @throws what it threw last, after 30 s or `timeout` ms */
export function waitFor<Value>(check: () => Value | Promise<Value>, options: Options = {}): Promise<Value> {
  return vi.waitFor(check, { timeout: LIMIT_MS, ...options });
}

/** Calls it again until it gives something. @returns what it gave @throws after 30 s or `timeout` ms */
export function waitUntil<Value>(check: () => Value | Promise<Value>, options: Options = {}) {
  return vi.waitUntil(check, { timeout: LIMIT_MS, ...options });
}
