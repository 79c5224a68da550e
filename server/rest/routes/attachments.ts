import { Readable } from "node:stream";
import type { z } from "zod";
import { AttachmentDownload, downloadAttachment, openAttachmentLink } from "#server/domain/attachments/download.ts";
import { AttachmentText, readAttachmentText } from "#server/domain/attachments/text.ts";
import { Attachment } from "#server/domain/messages/schemas.ts";
import { contentDisposition } from "../content-disposition.ts";
import type { RestServices } from "../environment.ts";
import { type RouteDefinition, route } from "../route.ts";

const tag = "Attachments";

export const attachmentRoutes: RouteDefinition[] = [
  route("get", "/attachments/{id}/download", downloadAttachment, {
    tag,
    summary: "Download an attachment: a link as JSON, or the bytes for an Accept that names another media type",
    response: AttachmentDownload,
    respond: (c, download, services) =>
      wantsBytes(c.req.header("accept")) ? bytesOf(download.attachment, services) : c.json(download),
  }),
  route("get", "/attachments/{id}/content", openAttachmentLink, {
    tag,
    summary: "The bytes of an attachment, by a signed link; needs no key",
    response: Attachment,
    respond: (_c, attachment, services) => bytesOf(attachment, services),
    mediaType: "application/octet-stream",
  }),
  route("get", "/attachments/{id}/text", readAttachmentText, {
    tag,
    summary: "The text of a text attachment",
    response: AttachmentText,
  }),
];

/**
 * Existing clients send no Accept, an Accept of all types or one with application/json, and all of them read JSON
 * {url, expiresAt} from the download. A browser, or whoever names another type, gets the bytes.
 */
function wantsBytes(accept: string | undefined): boolean {
  const types = (accept ?? "*/*").split(",").map((part) => part.split(";")[0]?.trim().toLowerCase());
  return !types.includes("application/json") && types.some((type) => type !== "*/*");
}

const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;

/** The bytes, in headers that keep a browser from showing or running what a stranger has sent. */
async function bytesOf(attachment: z.infer<typeof Attachment>, services: RestServices): Promise<Response> {
  const file = await services.blobs.open(attachment.storageKey);
  return new Response(Readable.toWeb(file) as ReadableStream, {
    headers: {
      "content-type": MEDIA_TYPE.test(attachment.mimeType) ? attachment.mimeType : "application/octet-stream",
      "content-length": String(attachment.sizeBytes),
      "content-disposition": contentDisposition(attachment.filename),
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
    },
  });
}
