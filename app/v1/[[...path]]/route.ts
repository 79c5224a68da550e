import { processWide } from "#server/platform/process-wide.ts";
import { processRuntime } from "#server/process-runtime.ts";
import { createRestApp } from "#server/rest/app.ts";

// The same handler that server/main.ts mounts ahead of Next; here for `next dev` and for hosts that only run Next.
export const dynamic = "force-dynamic";

async function handler(request: Request): Promise<Response> {
  const runtime = await processRuntime();
  return processWide("rest-app-in-next", () => createRestApp(runtime)).fetch(request);
}

export {
  handler as DELETE,
  handler as GET,
  handler as HEAD,
  handler as OPTIONS,
  handler as PATCH,
  handler as POST,
  handler as PUT,
};
