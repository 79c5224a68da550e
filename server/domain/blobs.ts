import type { Readable } from "node:stream";

/** Where attachments and raw mail are kept. Implemented in gateways/blobs; any replica must see the same store. */
export type Blobs = {
  /** Stores bytes under a key, durably, before it resolves. Storing the same key again with the same bytes is harmless. */
  put(key: string, content: Uint8Array | Readable): Promise<void>;
  /** The bytes, as a stream. Rejects when the key does not exist. */
  open(key: string): Promise<Readable>;
  read(key: string): Promise<Buffer>;
  delete(key: string): Promise<void>;
};
