import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashKey, isWellFormedKey, keyPrefix, newKey } from "./keys.ts";

describe("a key", () => {
  it.each([
    ["AGENT", "ak_"],
    ["MASTER", "mk_"],
    ["SERVICE", "sk_"],
  ] as const)("of an %s begins with %s, is never the same, and knows its checksum", (kind, prefix) => {
    const keys = new Set(Array.from({ length: 200 }, () => newKey(kind)));
    expect(keys.size).toBe(200);
    for (const key of keys) {
      expect(key).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{49}$`));
      expect(isWellFormedKey(key)).toBe(true);
    }
  });

  it("is not well-formed when one character is another, or is missing", () => {
    const key = newKey("AGENT");
    for (let at = 3; at < key.length; at++) {
      const other = key[at] === "a" ? "b" : "a";
      expect(isWellFormedKey(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }
    for (const text of [key.slice(0, -1), `${key}a`, `xk_${key.slice(3)}`, ` ${key}`, `${key}\n`, ""]) {
      expect(isWellFormedKey(text)).toBe(false);
    }
  });

  it("spreads over its whole alphabet", () => {
    const seen = new Set(Array.from({ length: 300 }, () => newKey("AGENT").slice(4, 46)).join(""));
    expect(seen.size).toBe(62);
  });

  it("has a checksum that scanners can compute: CRC-32 of the secret in base62", () => {
    let crc = 0xffffffff;
    for (const byte of Buffer.from("0".repeat(43))) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    let rest = (crc ^ 0xffffffff) >>> 0;
    let digits = "";
    for (let n = 0; n < 6; n++) {
      digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[rest % 62] + digits;
      rest = Math.floor(rest / 62);
    }
    expect(isWellFormedKey(`ak_${"0".repeat(43)}${digits}`)).toBe(true);
  });

  it("is stored as its SHA-256, and shown by its first characters", () => {
    const key = newKey("MASTER");
    expect(hashKey(key)).toEqual(createHash("sha256").update(key).digest());
    expect(keyPrefix(key)).toBe(key.slice(0, 11));
  });
});
