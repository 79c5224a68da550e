import { processRuntime } from "#server/process-runtime.ts";
import { liveStream } from "#server/trpc/live.ts";

export const dynamic = "force-dynamic";

export async function GET(request: Request): Promise<Response> {
  return liveStream(await processRuntime(), request);
}
