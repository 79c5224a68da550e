import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";

export const TEMPLATE = "anima_template";

export type TestDatabase = { url: string; drop(): Promise<void> };

/** A database of its own for a test file or suite, as a new start of the server finds it: all migrations applied, no rows. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return await createDatabase(`TEMPLATE ${TEMPLATE}`);
}

/** A database without any table. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return await createDatabase("TEMPLATE template0");
}

/** The connection string `url` with another database in it. */
export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function createDatabase(options: string): Promise<TestDatabase> {
  const maintenanceUrl = inject("postgresUrl");
  const name = `test_${randomBytes(8).toString("hex")}`;
  await execute(maintenanceUrl, `CREATE DATABASE ${name} ${options}`);
  return {
    url: databaseUrl(maintenanceUrl, name),
    // FORCE ends connections that a test has left open.
    drop: () => execute(maintenanceUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
