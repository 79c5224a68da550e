import { describe, expect, it } from "vitest";
import { ByteBudget } from "./byte-budget.ts";

describe("a budget of bytes", () => {
  it("lets whoever finds no room wait, in order, until enough was given back", async () => {
    const budget = new ByteBudget(100);
    const order: string[] = [];
    expect(await budget.take(80, 1_000)).toBe(true);
    const large = budget.take(60, 1_000).then((taken) => order.push(`large ${taken}`));
    // There would be room for it, but then the large one could wait for ever.
    const small = budget.take(10, 1_000).then((taken) => order.push(`small ${taken}`));
    budget.give(80);
    await Promise.all([large, small]);
    expect(order).toEqual(["large true", "small true"]);
  });

  it("tells whoever waited too long, and serves who stood behind", async () => {
    const budget = new ByteBudget(100);
    await budget.take(80, 1_000);
    const large = budget.take(60, 5);
    const small = budget.take(10, 10_000);
    expect(await large).toBe(false);
    expect(await small).toBe(true);
    budget.give(90);
    expect(await budget.take(100, 0)).toBe(true);
  });
});
