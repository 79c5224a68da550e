import { processRuntime } from "#server/process-runtime.ts";
import { downloadInvoice } from "#server/trpc/invoice-files.ts";

export const dynamic = "force-dynamic";

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return downloadInvoice(await processRuntime(), request, (await params).id);
}
