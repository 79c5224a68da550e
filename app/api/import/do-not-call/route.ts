import { processRuntime } from "#server/process-runtime.ts";
import { doNotCallImport } from "#server/trpc/imports.ts";

export const dynamic = "force-dynamic";

export async function POST(request: Request): Promise<Response> {
  return doNotCallImport(await processRuntime(), request);
}
