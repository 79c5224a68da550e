import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { fillLog } from "../../test/support/fill-log.ts";
import { type Anima, startAnima } from "./anima.ts";
import { MASTER_KEY } from "./console.ts";

/** A server on a database that a test can write many events into at once. */
export type FilledAnima = Anima & { fill(count: number): Promise<void> };

export async function startOnOpenDatabase(): Promise<FilledAnima> {
  const folder = await mkdtemp(join(tmpdir(), "anima-e2e-"));
  // The unprivileged user of PostgreSQL must be able to enter.
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "data"), onProgress: () => {} });
  const anima = await startAnima({
    DATABASE_URL: postgres.url,
    INIT_ORG_NAME: "Acme Robotics",
    INIT_MASTER_KEY: MASTER_KEY,
    INIT_TIER: "ENTERPRISE",
  });
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM organization");
  return {
    ...anima,
    async fill(count) {
      await fillLog(pool, rows[0]?.id ?? "", count, new Date());
    },
    async stop() {
      await pool.end();
      await anima.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
