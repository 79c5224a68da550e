import { createHash } from "node:crypto";

const HASH_BYTES = 32;

/** RFC 6962 section 2.1: MTH({d}) = SHA-256(0x00 || d). */
export function leafHash(record: string): Buffer {
  return createHash("sha256").update(Buffer.of(0)).update(record, "utf8").digest();
}

/** RFC 6962 section 2.1: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash("sha256").update(Buffer.of(1)).update(left).update(right).digest();
}

/**
 * The right edge of a Merkle tree: the roots of its complete subtrees, largest first, one for each 1 in the binary
 * form of the size. It is all that is needed to add leaves and to know the root.
 */
export class TreeEdge {
  #size: bigint;
  readonly #roots: Buffer[];

  constructor(size: bigint, frontier: Uint8Array) {
    const bytes = Buffer.from(frontier);
    if (bytes.length !== HASH_BYTES * bitCount(size)) throw new RangeError("the frontier does not fit the tree's size");
    this.#size = size;
    this.#roots = [];
    for (let at = 0; at < bytes.length; at += HASH_BYTES) this.#roots.push(bytes.subarray(at, at + HASH_BYTES));
  }

  get size(): bigint {
    return this.#size;
  }

  get frontier(): Buffer {
    return Buffer.concat(this.#roots);
  }

  add(leaf: Buffer): void {
    let root = leaf;
    for (let size = this.#size; size & 1n; size >>= 1n) root = nodeHash(this.#roots.pop() as Buffer, root);
    this.#roots.push(root);
    this.#size++;
  }

  /** RFC 6962's MTH over all leaves; of an empty tree, SHA-256 of nothing. */
  root(): Buffer {
    if (this.#roots.length === 0) return createHash("sha256").digest();
    return this.#roots.reduceRight((right, left) => nodeHash(left, right));
  }
}

function bitCount(value: bigint): number {
  let count = 0;
  for (let rest = value; rest > 0n; rest >>= 1n) count += Number(rest & 1n);
  return count;
}
