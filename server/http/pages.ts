import type { RequestListener } from "node:http";
import { join } from "node:path";
import next from "next";
import { answerCompressed, readCompressedFiles } from "./compressed-files.ts";

type Pages = { handler: RequestListener; close(): Promise<void> };

const root = join(import.meta.dirname, "../..");

/** Next, for the console and the site. In development it compiles as it goes; else `npm run build` has run. */
export async function startPages(options: { dev: boolean; hostname: string; port: number }): Promise<Pages> {
  // Whoever runs this server was not asked.
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  const app = next({ ...options, dir: root, quiet: !options.dev });
  await app.prepare();
  const handle = app.getRequestHandler();
  const compressed = options.dev ? new Map() : await readCompressedFiles(join(root, ".next/static"), "/_next/static/");
  return {
    handler: (request, response) => {
      if (!answerCompressed(compressed, request, response)) void handle(request, response);
    },
    close: () => app.close(),
  };
}
