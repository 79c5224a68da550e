import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { DomainError } from "../errors.ts";
import { id } from "../fields.ts";
import { verb } from "../verb.ts";
import { findAttachment } from "./find.ts";

const MAX_TEXT_BYTES = 1024 * 1024;

export const AttachmentText = z
  .object({
    id: z.string(),
    filename: z.string(),
    mimeType: z.string(),
    text: z.string(),
    truncated: z.boolean().describe("Whether the file is larger than the 1 MiB that is shown."),
  })
  .meta({ id: "AttachmentText" });

/**
 * The text of an attachment that is text, as it stands in the file. NOT_FOUND; UNSUPPORTED_MEDIA_TYPE for other files.
 */
export const readAttachmentText = verb({
  access: anyKey("messages:read"),
  input: z.object({ id }),
  run: async (ctx, input): Promise<z.infer<typeof AttachmentText>> => {
    const { filename, mimeType, storageKey, sizeBytes, id } = await findAttachment(ctx, input.id);
    if (!isText(mimeType)) {
      throw new DomainError("UNSUPPORTED_MEDIA_TYPE", "This attachment is not text. Download it instead.", {
        details: { mimeType },
      });
    }
    const bytes = await readStart(await ctx.services.blobs.open(storageKey));
    return { id, filename, mimeType, text: decode(bytes), truncated: sizeBytes > MAX_TEXT_BYTES };
  },
});

function isText(mimeType: string): boolean {
  return /^(text\/|application\/(json|xml|yaml|x-ndjson|javascript)\b|[^;]+\+(json|xml)\b)/.test(
    mimeType.toLowerCase(),
  );
}

async function readStart(file: Readable): Promise<Buffer> {
  let left = MAX_TEXT_BYTES;
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
function decode(bytes: Buffer): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return new TextDecoder(bytes[0] === 0xff ? "utf-16le" : "utf-16be").decode(bytes);
  try {
    // As a stream: a character that the cut divided is no error.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
