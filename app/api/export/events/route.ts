import { processRuntime } from "#server/process-runtime.ts";
import { eventsFile } from "#server/trpc/exports.ts";

export const dynamic = "force-dynamic";

export async function POST(request: Request): Promise<Response> {
  return eventsFile(await processRuntime(), request);
}
