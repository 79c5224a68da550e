import { describe, expect, it } from "vitest";
import { AgentNames, type Names } from "./agent-names.ts";

/** Answers each question when it is told to, and notes what was asked. */
function desk() {
  const asked: string[][] = [];
  const store = new AgentNames(async (ids): Promise<Names> => {
    asked.push(ids);
    if (ids.includes("lost")) throw new Error("no answer");
    return new Map(ids.filter((id) => id !== "nobody").map((id) => [id, `Agent ${id}`]));
  }, 2);
  const more = () => new Promise<void>((resolve) => void store.subscribe(resolve));
  return { asked, store, more };
}

describe("names of agents", () => {
  it("are asked together, as many as go at once, and each only once", async () => {
    const { asked, store, more } = desk();
    const first = more();
    for (const id of ["a", "b", "a", "nobody", "b"]) store.want(id);
    await first;
    await expect.poll(() => asked).toEqual([["a", "b"], ["nobody"]]);
    store.want("a");
    store.want("nobody");
    store.want("c");
    await expect.poll(() => store.known().get("c")).toBe("Agent c");
    expect(asked).toEqual([["a", "b"], ["nobody"], ["c"]]);
    expect([...store.known()]).toEqual([
      ["a", "Agent a"],
      ["b", "Agent b"],
      ["c", "Agent c"],
    ]);
  });

  it("that cannot be asked for leave the others as they are", async () => {
    const { store } = desk();
    for (const id of ["lost", "a", "b"]) store.want(id);
    await expect.poll(() => store.known().get("b")).toBe("Agent b");
    expect(store.known().has("lost")).toBe(false);
  });
});
