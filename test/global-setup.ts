import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMigrations } from "graphile-worker";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { migrate } from "#server/platform/migrate.ts";
import { databaseUrl, TEMPLATE } from "./support/database.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Connection string of the run's PostgreSQL, its maintenance database. */
    postgresUrl: string;
  }
}

/**
 * One PostgreSQL for the whole run, with a template database that has every migration applied. It forgets durability for
 * speed, and is gone with its folder when the run ends, whether it passed or not.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "anima-test-"));
  // The unprivileged user of PostgreSQL must be able to enter.
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, "data"),
    onProgress: () => {},
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" },
  });
  const teardown = async () => {
    await postgres.stop();
    await rm(folder, { recursive: true });
  };
  try {
    const maintenanceUrl = databaseUrl(postgres.url, "postgres");
    await makeTemplate(maintenanceUrl);
    project.provide("postgresUrl", maintenanceUrl);
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

async function makeTemplate(maintenanceUrl: string): Promise<void> {
  const client = new Client({ connectionString: maintenanceUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  const url = databaseUrl(maintenanceUrl, TEMPLATE);
  const migrationsDir = join(import.meta.dirname, "../prisma/migrations");
  await migrate({ databaseUrl: url, migrationsDir, onProgress: () => {} });
  await runMigrations({ connectionString: url });
}
