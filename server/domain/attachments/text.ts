import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { DomainError } from "../errors.ts";
import { id } from "../fields.ts";
import { decodeText, readStart } from "../text-bytes.ts";
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
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<z.infer<typeof AttachmentText>> => {
    const { filename, mimeType, storageKey, sizeBytes, id } = await findAttachment(ctx, input.id);
    if (!isText(mimeType)) {
      throw new DomainError("UNSUPPORTED_MEDIA_TYPE", "This attachment is not text. Download it instead.", {
        details: { mimeType },
      });
    }
    const bytes = await readStart(await ctx.services.blobs.open(storageKey), MAX_TEXT_BYTES);
    return { id, filename, mimeType, text: decodeText(bytes), truncated: sizeBytes > MAX_TEXT_BYTES };
  },
});

function isText(mimeType: string): boolean {
  return /^(text\/|application\/(json|xml|yaml|x-ndjson|javascript)\b|[^;]+\+(json|xml)\b)/.test(
    mimeType.toLowerCase(),
  );
}
