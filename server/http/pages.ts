import type { RequestListener } from "node:http";
import { join } from "node:path";
import next from "next";

type Pages = { handler: RequestListener; close(): Promise<void> };

/** Next, for the console and the site. In development it compiles as it goes; else `npm run build` has run. */
export async function startPages(options: { dev: boolean; hostname: string; port: number }): Promise<Pages> {
  const app = next({ ...options, dir: join(import.meta.dirname, "../.."), quiet: !options.dev });
  await app.prepare();
  const handle = app.getRequestHandler();
  return {
    handler: (request, response) => void handle(request, response),
    close: () => app.close(),
  };
}
