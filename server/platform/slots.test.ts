import { expect, it } from "vitest";
import { Slots } from "./slots.ts";

it("lets only so many run at once, and each of the others after them, in order", async () => {
  const slots = new Slots(2);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const run = (n: number) => async () => {
    most = Math.max(most, ++running);
    order.push(n);
    await new Promise(setImmediate);
    running--;
  };
  await Promise.all([1, 2, 3, 4, 5].map((n) => slots.take(run(n))));
  expect(most).toBe(2);
  expect(order).toEqual([1, 2, 3, 4, 5]);
});

it("is free again after one that failed", async () => {
  const slots = new Slots(1);
  await expect(slots.take(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await slots.take(async () => "ran")).toBe("ran");
});
