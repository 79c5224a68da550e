import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { Slots } from "./slots.ts";

const derive = promisify(argon2);

type Cost = { memory: number; passes: number; parallelism: number };

// OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, two passes, one lane.
const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

// Each hash takes memory and a thread of the pool that files and DNS use too.
const slots = new Slots(2);

/** Hashes a password with argon2id. @returns a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await argon2id(password, salt, COST, HASH_BYTES);
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;
}

/** Whether it is the password of the hash. Without a hash it takes as long as with one, and is false. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  const { cost, salt, hash } = parse(stored ?? "") ?? { cost: COST, salt: Buffer.alloc(SALT_BYTES), hash: null };
  const derived = await argon2id(password, salt, cost, hash?.length ?? HASH_BYTES);
  return hash !== null && timingSafeEqual(derived, hash);
}

/** Whether a hash was made with other parameters than a new one would be. */
export function needsRehash(stored: string): boolean {
  const cost = parse(stored)?.cost;
  return cost?.memory !== COST.memory || cost.passes !== COST.passes || cost.parallelism !== COST.parallelism;
}

function argon2id(password: string, salt: Buffer, cost: Cost, length: number): Promise<Buffer> {
  // Two ways to type the same letters are one password (RFC 8265 section 4.2).
  const message = password.normalize("NFC");
  return slots.take(() => derive("argon2id", { message, nonce: salt, tagLength: length, ...cost }));
}

function parse(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } | null {
  const [, memory, passes, parallelism, salt = "", hash = ""] = PHC.exec(stored) ?? [];
  if (memory === undefined) return null;
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}
