import { processRuntime } from "#server/process-runtime.ts";
import { downloadSource } from "#server/trpc/mail-files.ts";

export const dynamic = "force-dynamic";

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return downloadSource(await processRuntime(), request, (await params).id);
}
