import { argon2Sync } from "node:crypto";
import { expect, it } from "vitest";
import { hashPassword, needsRehash, verifyPassword } from "./password-hash.ts";

it("a password fits its own hash, however its letters were typed, and nothing else does", async () => {
  const hash = await hashPassword("Caf\u00e9 correct horse");
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await verifyPassword(hash, "Cafe\u0301 correct horse")).toBe(true);
  expect(await verifyPassword(hash, "Cafe correct horse")).toBe(false);
  expect(await hashPassword("Caf\u00e9 correct horse")).not.toBe(hash);
  expect(needsRehash(hash)).toBe(false);
});

it("a hash of other parameters still verifies, and is known as one to replace", async () => {
  const salt = Buffer.from("0123456789abcdef");
  const weak = argon2Sync("argon2id", {
    message: "correct horse",
    nonce: salt,
    parallelism: 2,
    tagLength: 24,
    memory: 64,
    passes: 1,
  });
  const unpadded = (bytes: Buffer) => bytes.toString("base64").replaceAll("=", "");
  const stored = `$argon2id$v=19$m=64,t=1,p=2$${unpadded(salt)}$${unpadded(weak)}`;
  expect(await verifyPassword(stored, "correct horse")).toBe(true);
  expect(await verifyPassword(stored, "wrong horse")).toBe(false);
  expect(needsRehash(stored)).toBe(true);
});

it("where there is no hash, or none that can be read, nothing fits", async () => {
  expect(await verifyPassword(null, "")).toBe(false);
  expect(await verifyPassword("$argon2id$v=19$m=1,t=1", "")).toBe(false);
});
