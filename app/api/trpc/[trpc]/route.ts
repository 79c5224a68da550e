import { processRuntime } from "#server/process-runtime.ts";
import { createTrpcHandler } from "#server/trpc/handler.ts";

export const dynamic = "force-dynamic";

async function answer(request: Request): Promise<Response> {
  return createTrpcHandler(await processRuntime())(request);
}

export { answer as GET, answer as POST };
