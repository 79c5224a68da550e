import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countSegments } from "./segments.ts";

describe("the segments of a text", () => {
  it.each([
    ["nothing", "", "GSM-7", 1, 160],
    ["one whole", "a".repeat(160), "GSM-7", 1, 0],
    ["one character more", "a".repeat(161), "GSM-7", 2, 145],
    ["two whole", "a".repeat(306), "GSM-7", 2, 0],
    ["three", "a".repeat(307), "GSM-7", 3, 152],
    ["an extended character costs two", "€".repeat(80), "GSM-7", 1, 0],
    ["which is not cut in half", `${"a".repeat(152)}€${"a".repeat(10)}`, "GSM-7", 2, 141],
    ["one character that GSM-7 has not", `${"a".repeat(69)}ç`, "UCS-2", 1, 0],
    ["and one more", `${"a".repeat(70)}ç`, "UCS-2", 2, 63],
    ["an emoji is two", "😀".repeat(35), "UCS-2", 1, 0],
    ["and is not cut in half", `${"ж".repeat(66)}😀${"ж".repeat(3)}`, "UCS-2", 2, 62],
  ])("%s", (_name, body, encoding, segments, left) => {
    expect(countSegments(body)).toMatchObject({ encoding, segments, left });
  });

  it("hold the whole text, and no more segments than it needs", () => {
    const character = fc.constantFrom("a", "€", "ж", "😀", "\n");
    fc.assert(
      fc.property(fc.array(character, { maxLength: 700 }), (characters) => {
        const { encoding, segments, length, left } = countSegments(characters.join(""));
        const [single, each] = encoding === "GSM-7" ? [160, 153] : [70, 67];
        const room = segments === 1 ? single : segments * each;
        // At most one unit of each segment but the last is left over by a character of two.
        expect(length + left).toBeLessThanOrEqual(room);
        expect(length + left).toBeGreaterThanOrEqual(room - (segments - 1));
        expect(left).toBeGreaterThanOrEqual(0);
        if (segments > 1) expect(length).toBeGreaterThan(single);
      }),
    );
  });
});
