import { Readable } from "node:stream";
import type { z } from "zod";
import type { Attachment } from "#server/domain/messages/schemas.ts";
import { contentDisposition } from "./content-disposition.ts";
import type { RestServices } from "./environment.ts";

const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;

/** The bytes of an attachment, to be saved. */
export async function attachmentResponse(
  attachment: z.infer<typeof Attachment>,
  services: RestServices,
): Promise<Response> {
  const response = fileResponse(await services.blobs.open(attachment.storageKey), attachment);
  response.headers.set("content-length", String(attachment.sizeBytes));
  return response;
}

/** A file in headers that keep a browser from showing or running what a stranger has sent. */
export function fileResponse(
  content: Readable,
  { filename, mimeType }: { filename: string; mimeType: string },
): Response {
  return new Response(Readable.toWeb(content) as ReadableStream, {
    headers: {
      "content-type": MEDIA_TYPE.test(mimeType) ? mimeType : "application/octet-stream",
      "content-disposition": contentDisposition(filename),
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "private, no-store",
    },
  });
}
