import { processRuntime } from "#server/process-runtime.ts";
import { doNotCallFile } from "#server/trpc/exports.ts";

export const dynamic = "force-dynamic";

export async function POST(request: Request): Promise<Response> {
  return doNotCallFile(await processRuntime(), request);
}
