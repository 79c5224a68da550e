import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { errorCode } from "./error-code.ts";
import { connectForMigration } from "./migrate/connect.ts";
import { pendingMigrations, type RecordedMigration, remedyForHalfApplied } from "./migrate/history.ts";
import { StartupError } from "./startup-error.ts";

/** One folder of the migrations directory. */
export type Migration = { name: string; sql: string; checksum: string };

// The key of `prisma migrate deploy`, so that it and we wait for each other.
const ADVISORY_LOCK = 72707369;
const LOCK_POLL_MS = 100;
const NO_TRANSACTION = "-- no transaction";

// The columns that Prisma makes and reads.
const CREATE_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/**
 * Brings the database to the schema of this code: runs what is missing of `<migrationsDir>/<timestamp>_<name>/migration.sql`,
 * in order, and records it as Prisma does. Any number of processes may do so at once.
 *
 * A migration and its record are one transaction: one that is interrupted or fails leaves nothing behind and simply runs
 * again. A file that begins with the line `-- no transaction` holds one statement, is recorded as begun, runs outside of a
 * transaction, and is then recorded as finished; one that was interrupted is for the operator to look at.
 *
 * Throws a StartupError for a database that cannot be reached or used, and for a history that does not fit this code.
 */
export async function migrate(options: {
  databaseUrl: string;
  migrationsDir: string;
  onProgress: (line: string) => void;
}): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(options.migrationsDir);
  const client = await connectForMigration(options.databaseUrl);
  try {
    await waitForLock(client, options.onProgress);
    const pending = pendingMigrations(migrations, await readHistory(client));
    for (const migration of pending) {
      options.onProgress(`Applying migration ${migration.name}`);
      await apply(client, migration);
    }
    return { applied: pending.map((migration) => migration.name) };
  } finally {
    // Ends the session, and with it the lock.
    await client.end();
  }
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return await Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(directory, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

// Asks again and again instead of waiting inside PostgreSQL: a statement that waits holds a snapshot, for which the
// CREATE INDEX CONCURRENTLY of the process that has the lock would wait in turn.
async function waitForLock(client: Client, onProgress: (line: string) => void): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const { rows } = await client.query("SELECT pg_try_advisory_lock($1) AS locked", [ADVISORY_LOCK]);
    if (rows[0].locked) return;
    if (attempt === 0) onProgress("Waiting for another process that migrates the database");
    await delay(LOCK_POLL_MS);
  }
}

async function readHistory(client: Client): Promise<RecordedMigration[]> {
  try {
    await client.query(CREATE_TABLE);
    const { rows } = await client.query<RecordedMigration>(
      "SELECT migration_name, checksum, finished_at, rolled_back_at FROM _prisma_migrations ORDER BY started_at",
    );
    return rows;
  } catch (cause) {
    // insufficient_privilege
    if (errorCode(cause) !== "42501") throw cause;
    throw new StartupError(
      `The database cannot be migrated: ${cause instanceof Error ? cause.message : errorCode(cause)}.`,
      `Make "${client.user}" the owner of the database "${client.database}", or put its owner into DATABASE_URL.`,
      { cause },
    );
  }
}

async function apply(client: Client, migration: Migration): Promise<void> {
  const inTransaction = migration.sql.split("\n")[0]?.trim() !== NO_TRANSACTION;
  try {
    await (inTransaction ? applyInTransaction(client, migration) : applyOutside(client, migration));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartupError(
      `The migration ${migration.name} failed: ${reason}`,
      inTransaction ? "Mend the cause; the database is as it was before." : remedyForHalfApplied(migration.name),
      { cause },
    );
  }
}

async function applyInTransaction(client: Client, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await recordStart(client, migration);
    await client.query(migration.sql);
    await recordEnd(client, migration);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {
      // The connection is lost: PostgreSQL has rolled back by itself.
    });
    throw error;
  }
}

async function applyOutside(client: Client, migration: Migration): Promise<void> {
  await recordStart(client, migration);
  await client.query(migration.sql);
  await recordEnd(client, migration);
}

async function recordStart(client: Client, { name, checksum }: Migration): Promise<void> {
  const sql =
    "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, clock_timestamp())";
  await client.query(sql, [randomUUID(), checksum, name]);
}

async function recordEnd(client: Client, { name }: Migration): Promise<void> {
  const sql = `UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1
    WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL`;
  await client.query(sql, [name]);
}
