import { randomFillSync } from "node:crypto";

// A call into the system for every few bytes costs more than the bytes: they are drawn some kilobytes at a time.
const POOL_BYTES = 4_096;
const pool = Buffer.alloc(POOL_BYTES);
let next = POOL_BYTES;

/** Random bytes from the system's generator, each handed out once. @param count at most 4,096 */
export function randomSalt(count: number): Buffer {
  if (next + count > POOL_BYTES) {
    randomFillSync(pool);
    next = 0;
  }
  const salt = Buffer.from(pool.subarray(next, next + count));
  next += count;
  return salt;
}
