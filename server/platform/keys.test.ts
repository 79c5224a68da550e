import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashKey, keyPrefix, newKey } from "./keys.ts";

/** CRC-32 (ISO 3309) in six digits of base62, computed as a secret scanner would. */
function crc32InBase62(secret: string): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(secret)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let digits = "";
  for (let n = 0; n < 6; n++) {
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

describe("a key", () => {
  it.each([
    ["AGENT", "ak_"],
    ["MASTER", "mk_"],
    ["SERVICE", "sk_"],
  ] as const)(
    "of an %s begins with %s, is never the same, and ends in the checksum that scanners compute",
    (kind, prefix) => {
      const keys = new Set(Array.from({ length: 200 }, () => newKey(kind)));
      expect(keys.size).toBe(200);
      for (const key of keys) {
        expect(key).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{49}$`));
        expect(key.slice(-6)).toBe(crc32InBase62(key.slice(3, -6)));
      }
    },
  );

  it("spreads over its whole alphabet", () => {
    const seen = new Set(Array.from({ length: 300 }, () => newKey("AGENT").slice(4, 46)).join(""));
    expect(seen.size).toBe(62);
  });

  it("is stored as its SHA-256, and shown by its first characters", () => {
    const key = newKey("MASTER");
    expect(hashKey(key)).toEqual(createHash("sha256").update(key).digest());
    expect(keyPrefix(key)).toBe(key.slice(0, 11));
  });
});
