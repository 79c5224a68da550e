import { processRuntime } from "#server/process-runtime.ts";
import { organizationFile } from "#server/trpc/exports.ts";

export const dynamic = "force-dynamic";

export async function POST(request: Request): Promise<Response> {
  return organizationFile(await processRuntime(), request);
}
