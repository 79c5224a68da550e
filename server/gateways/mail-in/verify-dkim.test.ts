import fc from "fast-check";
import { expect, it } from "vitest";
import { withCrlf } from "./verify-dkim.ts";

it("line endings become CRLF, however the bytes are cut into chunks", () => {
  const text = fc.string({ unit: fc.constantFrom("\r", "\n", "\r\n", "a"), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 10 }), (value, size) => {
      const bytes = Buffer.from(value);
      const chunks: Buffer[] = [];
      let afterCr = false;
      for (let start = 0; start < bytes.length; start += size) {
        const chunk = bytes.subarray(start, start + size);
        chunks.push(withCrlf(chunk, afterCr));
        afterCr = chunk.at(-1) === 0x0d;
      }
      expect(Buffer.concat(chunks).toString()).toBe(value.replace(/(?<!\r)\n/g, "\r\n"));
    }),
  );
});
