import { z } from "zod";
import { anyKey, anyone } from "../authorise.ts";
import { DomainError, notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { Attachment, toAttachment } from "../messages/schemas.ts";
import { verb } from "../verb.ts";
import { findAttachment } from "./find.ts";
import { isValidLink, makeLink } from "./link.ts";

export const AttachmentDownload = z
  .object({
    url: z.string().describe("Answers the bytes, without a key, until expiresAt."),
    expiresAt: z.string(),
    attachment: Attachment,
  })
  .meta({ id: "AttachmentDownload" });

/** An attachment, and a link of 15 minutes to its bytes. NOT_FOUND. */
export const downloadAttachment = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input): Promise<z.infer<typeof AttachmentDownload>> => {
    const row = await findAttachment(ctx, input.id);
    const { url, expiresAt } = makeLink(ctx.services, row);
    return { url, expiresAt: expiresAt.toISOString(), attachment: toAttachment(row, ctx.services.config.publicUrl) };
  },
});

/** The attachment behind such a link: the signature is the permission. FORBIDDEN for a link that is forged or expired. */
export const openAttachmentLink = verb({
  access: anyone,
  effect: "read",
  input: z.object({ id, org: id, expires: z.coerce.number().int(), signature: z.string().max(100) }),
  run: async (ctx, input): Promise<z.infer<typeof Attachment>> => {
    if (!isValidLink(ctx.services, { ...input, orgId: input.org })) {
      throw new DomainError(
        "FORBIDDEN",
        "This link is not valid or has expired. Get a new one from GET /v1/attachments/{id}/download.",
      );
    }
    // Signed by us for this organisation, so the caller needs no other right to it.
    const row = await ctx.services.db.prisma.attachment.findUnique({
      where: { orgId_id: { orgId: input.org, id: input.id } },
    });
    if (!row) throw notFound("attachment");
    return toAttachment(row, ctx.services.config.publicUrl);
  },
});
