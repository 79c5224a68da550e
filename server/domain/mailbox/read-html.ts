import { z } from "zod";
import { anyKey } from "../authorise.ts";
import type { Context } from "../context.ts";
import { contentIdOf, sanitiseHtml } from "../email/html/sanitise.ts";
import { notFound } from "../errors.ts";
import { flag, id } from "../fields.ts";
import { attachmentsOf } from "../messages/attachments.ts";
import { findMessage } from "../messages/get.ts";
import { verb } from "../verb.ts";

// Pictures that browsers show and that cannot hold script. Never SVG.
const INLINE_TYPES = /^image\/(?:png|jpeg|gif|webp)$/;
// Of all of them together: they become part of the page, a third larger.
const MAX_INLINE_BYTES = 10 * 1024 * 1024;

/**
 * The HTML of a mail, fit to be shown in a sandboxed frame: see sanitiseHtml. Images that came with the mail are in it.
 * NOT_FOUND, also for a mail without HTML.
 */
export const readMailHtml = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: z.object({ id, images: flag.default(false).describe("Whether images on other servers may be fetched.") }),
  run: async (ctx, input): Promise<string> => {
    const row = await findMessage(ctx, input.id, "EMAIL");
    if (row.bodyHtml === null) throw notFound("HTML in this message");
    return sanitiseHtml(row.bodyHtml, {
      withRemoteImages: input.images,
      inlineImages: await inlineImages(ctx, row.id, row.bodyHtml),
    });
  },
});

/** The attached images that the HTML shows, as data URLs by Content-ID. */
async function inlineImages(ctx: Context, messageId: string, html: string): Promise<Map<string, string>> {
  const shown = new Set([...html.matchAll(/cid:[^"'\s>)]+/gi)].map(([cid]) => contentIdOf(cid)));
  const images = new Map<string, string>();
  if (shown.size === 0) return images;
  const attachments = (await attachmentsOf(ctx, [messageId])).get(messageId) ?? [];
  let left = MAX_INLINE_BYTES;
  for (const { contentId, mimeType, sizeBytes, storageKey } of attachments) {
    if (contentId === null || !shown.has(contentId) || !INLINE_TYPES.test(mimeType) || sizeBytes > left) continue;
    left -= sizeBytes;
    const bytes = await ctx.services.blobs.read(storageKey);
    images.set(contentId, `data:${mimeType};base64,${bytes.toString("base64")}`);
  }
  return images;
}
