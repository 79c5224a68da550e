import type { Migration } from "../migrate.ts";
import { StartupError } from "../startup-error.ts";

/** A row of `_prisma_migrations`. A migration that was rolled back and tried again has several. */
export type RecordedMigration = {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
  rolled_back_at: Date | null;
};

/**
 * The migrations that the database lacks, in order. Throws a StartupError where the record and the code contradict each
 * other: running anything then could damage data.
 */
export function pendingMigrations(migrations: Migration[], recorded: RecordedMigration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const valid = recorded.filter((row) => row.rolled_back_at === null);
  for (const row of valid) {
    const migration = known.get(row.migration_name);
    if (!migration) throw newerSchema(row.migration_name);
    if (!row.finished_at) throw halfApplied(row.migration_name);
    if (row.checksum !== migration.checksum) throw changed(row.migration_name);
  }
  const applied = new Set(valid.map((row) => row.migration_name));
  return migrations.filter((migration) => !applied.has(migration.name));
}

function newerSchema(name: string): StartupError {
  return new StartupError(
    `The database has the migration ${name}, which this version does not know: a newer Anima has used it.`,
    "Start that version or a newer one, or restore the backup from before the upgrade.",
  );
}

function changed(name: string): StartupError {
  return new StartupError(
    `The migration ${name} differs from the one that was applied to the database.`,
    "Restore its migration.sql as it was; changes to the schema go into a new migration.",
  );
}

function halfApplied(name: string): StartupError {
  return new StartupError(`The migration ${name} began and did not finish.`, remedyForHalfApplied(name));
}

/** What the operator does about a migration that began outside of a transaction and did not finish. */
export function remedyForHalfApplied(name: string): string {
  return (
    "Undo in the database what it has done (an index that it left invalid: DROP INDEX). Then have it run again: " +
    `UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '${name}' AND finished_at IS NULL;`
  );
}
