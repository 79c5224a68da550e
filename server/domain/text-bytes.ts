import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

/** The first bytes of a file, no more than `max` of them. */
export function readStart(file: Readable, max: number): Promise<Buffer> {
  let left = max;
  return buffer(
    (async function* () {
      // Leaving the loop closes the file.
      for await (const chunk of file as AsyncIterable<Buffer>) {
        yield chunk.subarray(0, left);
        left -= chunk.length;
        if (left <= 0) return;
      }
    })(),
  );
}

/** UTF-8 or UTF-16 where the bytes say so, else windows-1252, which reads any bytes. */
export function decodeText(bytes: Buffer): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  try {
    // As a stream: a character that the cut divided is no error.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
