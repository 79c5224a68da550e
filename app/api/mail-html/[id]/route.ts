import { processRuntime } from "#server/process-runtime.ts";
import { showHtml } from "#server/trpc/mail-files.ts";

export const dynamic = "force-dynamic";

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return showHtml(await processRuntime(), request, (await params).id);
}
