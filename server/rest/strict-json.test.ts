import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findDoubledMember, MAX_DEPTH, MAX_VALUES, parseStrictJson } from "./strict-json.ts";

const parse = (text: string) => parseStrictJson(Buffer.from(text));

describe("strict JSON", () => {
  it("is what JSON.parse reads, for every value that is not refused", () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        let value: unknown;
        try {
          value = parse(text);
        } catch (error) {
          const { message } = error as Error;
          // What JSON.stringify may make and we do not keep.
          expect(message).toMatch(/9007199254740991|U\+0000|surrogate|__proto__/);
          return;
        }
        expect(value).toEqual(JSON.parse(text));
      }),
    );
  });

  it("finds a member that stands twice wherever it stands, and nowhere else", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (object, key) => {
        const text = JSON.stringify(object);
        expect(findDoubledMember(text)).toBeNull();
        const pair = `${JSON.stringify(key)}:[${text}]`;
        expect(findDoubledMember(`[0,{${pair},"other${key.length}":1}]`)).toBeNull();
        expect(findDoubledMember(`[0,{${pair},${pair}}]`)).toBe(`1.${key}`);
      }),
    );
  });

  it("never fails in another way than by a refusal, whatever the bytes are", () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc
        .array(fc.constantFrom("{", "}", "[", "]", '"', "\\", ",", ":", "1", "e9", "\\u0000", "null"))
        .map((parts) => Buffer.from(parts.join(""))),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        try {
          parseStrictJson(body);
        } catch (error) {
          expect(error).toMatchObject({ name: "DomainError" });
        }
      }),
    );
  });

  it("has bounds", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(() => parse(nested(MAX_DEPTH))).not.toThrow();
    expect(() => parse(nested(MAX_DEPTH + 1))).toThrow("nested deeper");
    const long = (count: number) => `[${Array(count).fill("1").join(",")}]`;
    expect(() => parse(long(MAX_VALUES))).not.toThrow();
    expect(() => parse(long(MAX_VALUES + 2))).toThrow("more than");
    expect(() => parse(`["${"[,".repeat(MAX_VALUES)}"]`)).not.toThrow();
  });

  it("says where it is broken", () => {
    expect(() => parse('{"a":1,}')).toThrow(expect.objectContaining({ details: { field: "body", position: 7 } }));
  });
});
