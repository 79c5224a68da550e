import { setTimeout as delay } from "node:timers/promises";

const REFUSAL_MS = 300;

/**
 * Runs a sign-in so that its refusal comes after the same time, whatever was found out on the way: how long an answer
 * takes must not tell whether there is an account.
 */
export async function refuseEvenly<T>(run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await run();
  } catch (error) {
    await delay(Math.max(0, REFUSAL_MS - (performance.now() - start)));
    throw error;
  }
}
