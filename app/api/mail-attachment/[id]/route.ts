import { processRuntime } from "#server/process-runtime.ts";
import { downloadFile } from "#server/trpc/mail-files.ts";

export const dynamic = "force-dynamic";

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return downloadFile(await processRuntime(), request, (await params).id);
}
