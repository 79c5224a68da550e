import { Readable } from "node:stream";
import { getInvoicePdf } from "#server/domain/invoices/get-pdf.ts";
import type { RestServices } from "#server/rest/environment.ts";
import { fileResponse } from "#server/rest/file-response.ts";
import { withSession } from "./session-file.ts";

/** An invoice as a PDF document, for whoever has a session; always as a file to save. */
export function downloadInvoice(services: RestServices, request: Request, id: string): Promise<Response> {
  return withSession(services, request, async (action) => {
    const { filename, content } = await getInvoicePdf(action, { id });
    return fileResponse(Readable.from([content]), { filename, mimeType: "application/pdf" });
  });
}
