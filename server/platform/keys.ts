import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

export type KeyKind = "AGENT" | "MASTER" | "SERVICE";

const PREFIXES: Record<KeyKind, string> = { AGENT: "ak_", MASTER: "mk_", SERVICE: "sk_" };
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_LENGTH = 43; // 62^43 > 2^256
const CHECKSUM_LENGTH = 6; // 62^6 > 2^32

function base62(value: bigint, length: number): string {
  let digits = "";
  let rest = value;
  for (let i = 0; i < length; i++) {
    digits = (ALPHABET[Number(rest % 62n)] as string) + digits;
    rest /= 62n;
  }
  return digits;
}

function checksum(secret: string): string {
  return base62(BigInt(crc32(secret)), CHECKSUM_LENGTH);
}

/** A new key: prefix, 256 random bits in base62, and a CRC-32 by which secret scanners know it from noise. */
export function newKey(kind: KeyKind): string {
  const secret = base62(BigInt(`0x${randomBytes(32).toString("hex")}`), SECRET_LENGTH);
  return PREFIXES[kind] + secret + checksum(secret);
}

/** What is stored of a key. Keys carry 256 random bits, so a slow hash would only slow us down. */
export function hashKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** The part of a key that may be shown, to recognise it by. */
export function keyPrefix(key: string): string {
  return key.slice(0, 11);
}
