import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMessageIds } from "./message-id.ts";

const id = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,30}@[A-Za-z0-9.-]{1,30}$/);
const space = fc.constantFrom(" ", "\t", "\r\n ", "", "  ");

describe("message identifiers", () => {
  it.each([
    ["<a@b>", ["a@b"]],
    ["a@b", ["a@b"]],
    ["a@b, c@d", ["a@b", "c@d"]],
    ["<a@b><c@d> <a@b>", ["a@b", "c@d"]],
    ['Message of Monday "x" <a@b>', ["a@b"]],
    ["<no-at-sign>", ["no-at-sign"]],
    ["<>", []],
    ["", []],
    ["<a@b", ["a@b"]],
  ])("%j are %j", (value, ids) => {
    expect(parseMessageIds(value)).toEqual(ids);
  });

  it("are found in any spacing, once each, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(id, space), { maxLength: 50 }), (entries) => {
        const value = entries.map(([one, gap]) => `<${one}>${gap}`).join("");
        expect(parseMessageIds(value)).toEqual([...new Set(entries.map(([one]) => one))]);
      }),
    );
  });

  it("are bare, bounded and unique whatever the value is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("<", ">", "@", "a", " ", ",", "\n", "é"), maxLength: 300 }),
        (value) => {
          const ids = parseMessageIds(value);
          expect(new Set(ids).size).toBe(ids.length);
          for (const one of ids) expect(one).toMatch(/^[^<>\s]{1,998}$/);
        },
      ),
    );
  });

  it("keep the first and the newest of a very long thread", () => {
    const all = Array.from({ length: 1000 }, (_, index) => `${index}@t`);
    const ids = parseMessageIds(all.map((one) => `<${one}>`).join(" "));
    expect(ids).toHaveLength(100);
    expect([ids[0], ids[1], ids.at(-1)]).toEqual(["0@t", "901@t", "999@t"]);
  });
});
