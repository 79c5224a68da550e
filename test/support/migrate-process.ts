/** A process that migrates, for tests that kill it: `node migrate-process.ts <databaseUrl> <migrationsDir>`. */
import { migrate } from "#server/platform/migrate.ts";

const [databaseUrl = "", migrationsDir = ""] = process.argv.slice(2);
await migrate({ databaseUrl, migrationsDir, onProgress: () => {} });
