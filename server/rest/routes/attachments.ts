import { AttachmentDownload, downloadAttachment, openAttachmentLink } from "#server/domain/attachments/download.ts";
import { AttachmentText, readAttachmentText } from "#server/domain/attachments/text.ts";
import { Attachment } from "#server/domain/messages/schemas.ts";
import { attachmentResponse } from "../file-response.ts";
import { type RouteDefinition, route } from "../route.ts";

const tag = "Attachments";

export const attachmentRoutes: RouteDefinition[] = [
  route("get", "/attachments/{id}/download", downloadAttachment, {
    tag,
    summary: "Download an attachment: a link as JSON, or the bytes for an Accept that names another media type",
    response: AttachmentDownload,
    respond: (c, download, services) =>
      wantsBytes(c.req.header("accept")) ? attachmentResponse(download.attachment, services) : c.json(download),
  }),
  route("get", "/attachments/{id}/content", openAttachmentLink, {
    tag,
    summary: "The bytes of an attachment, by a signed link; needs no key",
    response: Attachment,
    respond: (_c, attachment, services) => attachmentResponse(attachment, services),
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
