import { downloadAttachment } from "#server/domain/attachments/download.ts";
import { readMailHtml } from "#server/domain/mailbox/read-html.ts";
import { openMailSource } from "#server/domain/mailbox/source.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { attachmentResponse, fileResponse } from "#server/rest/file-response.ts";
import { withSession } from "./session-file.ts";

/** An attachment, for whoever has a session; always as a file to save. */
export function downloadFile(services: RestServices, request: Request, id: string): Promise<Response> {
  return withSession(services, request, async (action) => {
    const { attachment } = await downloadAttachment(action, { id });
    return attachmentResponse(attachment, services);
  });
}

/** The whole source of a mail as a file. */
export function downloadSource(services: RestServices, request: Request, id: string): Promise<Response> {
  return withSession(services, request, async (action) => {
    const { filename, content } = await openMailSource(action, { id });
    return fileResponse(content, { filename, mimeType: "message/rfc822" });
  });
}

/**
 * The HTML of a mail as a page of its own, for a sandboxed frame. `images=1` lets it fetch remote images, where a page
 * of ours asks for it.
 */
export function showHtml(services: RestServices, request: Request, id: string): Promise<Response> {
  return withSession(services, request, async (action) => {
    const asked = new URL(request.url).searchParams.get("images") === "1";
    // A browser that says where a request comes from must not be led here by a link in the mail itself.
    const images = asked && ["same-origin", null].includes(request.headers.get("sec-fetch-site"));
    return new Response(page(await readMailHtml(action, { id, images })), { headers: htmlHeaders(images) });
  });
}

/**
 * What a browser lets the mail do, whatever stands in it: show itself, and open a link beside the console when it is
 * clicked. The sandbox takes script, forms and our origin away. Without images=1 nothing at all is fetched; with it,
 * images without cookies (COEP) and without saying from where.
 */
function htmlHeaders(withImages: boolean): Record<string, string> {
  const policy = [
    "sandbox allow-popups allow-popups-to-escape-sandbox",
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `img-src data:${withImages ? " https: http:" : ""}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
  ];
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy.join("; "),
    "cross-origin-embedder-policy": "credentialless",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
    "cache-control": "private, no-store",
  };
}

/** Mail is written for white paper, so that is what it gets in both themes. */
const STYLE = `:root { color-scheme: light; background: #fff; color: #141816; }
body { margin: 12px; font: 14px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; }
pre { white-space: pre-wrap; }`;

function page(html: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mail</title><style>${STYLE}</style></head><body>${html}</body></html>`;
}
