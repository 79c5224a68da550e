/**
 * A process that owns an embedded PostgreSQL, for tests that kill it: `node start-postgres.ts <dataDir> [relocateTo]`.
 * Prints one line of JSON when it has started or could not, and stops when its standard input ends.
 */
import { once } from "node:events";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { StartupError } from "#server/platform/startup-error.ts";

const [dataDir = "", relocateTo] = process.argv.slice(2);
try {
  const postgres = await startEmbeddedPostgres({ dataDir, onProgress: () => {}, ...(relocateTo && { relocateTo }) });
  console.log(JSON.stringify(postgres));
  process.stdin.resume();
  await once(process.stdin, "end");
  await postgres.stop();
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.log(JSON.stringify({ problem: error.message, remedy: error.remedy }));
  process.exitCode = 1;
}
