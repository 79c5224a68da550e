import { readConfig } from "./platform/config.ts";
import { processWide } from "./platform/process-wide.ts";
import { StartupError } from "./platform/startup-error.ts";
import type { Runtime } from "./runtime.ts";

// Next bundles its own copy of this file, so the runtime is kept where all copies see it.
const slot = processWide<{ runtime: Promise<Runtime> | null }>("runtime", () => ({ runtime: null }));

/** Makes a runtime the process's own: what pages and route handlers use. null forgets it, before it is closed. */
export function setProcessRuntime(runtime: Runtime | null): void {
  slot.runtime = runtime === null ? null : Promise.resolve(runtime);
}

/**
 * The runtime that main.ts opened; on a host that only runs Next, one that is opened from the environment at first use.
 * Throws a StartupError there when DATABASE_URL is missing: only main.ts starts the embedded database.
 */
export function processRuntime(): Promise<Runtime> {
  slot.runtime ??= openFromEnvironment().catch((error) => {
    // The next request tries again: the database may be up by then.
    slot.runtime = null;
    throw error;
  });
  return slot.runtime;
}

async function openFromEnvironment(): Promise<Runtime> {
  const config = readConfig(process.env);
  if (config.databaseUrl === null) {
    throw new StartupError("There is no database.", "Start the server with npm start, or set DATABASE_URL.");
  }
  const { openRuntime } = await import("./runtime.ts");
  return openRuntime(config, config.databaseUrl);
}
