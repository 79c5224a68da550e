import { randomFillSync } from "node:crypto";
import { monotonicFactory, TIME_MAX } from "ulid";

// One fill serves hundreds of ids: ulid asks for a random number for each of 16 characters.
const pool = new Uint32Array(1024);
let next = pool.length;

function random(): number {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  return (pool[next++] as number) / 2 ** 32;
}

const ulid = monotonicFactory(random);

/** A new id: a ULID, 26 characters of Crockford base32, increasing within a process (so keys stay in time order). */
export function newId(): string {
  return ulid(Math.min(Date.now(), TIME_MAX));
}

export const ID_PATTERN = /^[0-9A-HJKMNP-TV-Z]{26}$/;
