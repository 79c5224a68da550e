import { expect, it } from "vitest";
import { Turns } from "./turns.ts";

it("lets equal ones run one after the other, in the order in which they came", async () => {
  const turns = new Turns(10_000);
  const log: string[] = [];
  const run = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise(setImmediate);
    log.push(`${name} ends`);
  };
  const taken = await Promise.all([turns.take("a", run("first")), turns.take("a", run("second"))]);
  expect(taken).toEqual([true, true]);
  expect(log).toEqual(["first begins", "first ends", "second begins", "second ends"]);
});

it("lets different ones run at the same time", async () => {
  const turns = new Turns(10_000);
  const { promise: otherRan, resolve } = Promise.withResolvers<void>();
  await Promise.all([turns.take("a", () => otherRan), turns.take("b", async () => resolve())]);
});

it("gives up waiting in time, and the next still comes after the one that runs", async () => {
  const turns = new Turns(5);
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = turns.take("a", () => promise);
  expect(await turns.take("a", () => Promise.reject(new Error("ran too early")))).toBe(false);
  expect(await turns.take("a", () => Promise.reject(new Error("ran too early")))).toBe(false);
  resolve();
  expect(await first).toBe(true);
  expect(await turns.take("a", async () => {})).toBe(true);
});

it("goes on after one that failed", async () => {
  const turns = new Turns(10_000);
  const first = turns.take("a", () => Promise.reject(new Error("broken")));
  const second = turns.take("a", async () => {});
  await expect(first).rejects.toThrow("broken");
  expect(await second).toBe(true);
});
