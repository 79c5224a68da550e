import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { SchemaEngine } from "@prisma/schema-engine-wasm/schema_engine_bg";
import { expect, test } from "vitest";
import { loadEngine } from "../../../scripts/new-migration/diff-schemas.ts";
import { createTestDatabase } from "../../../test/support/database.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../prisma/migrations");

/** The folder as `prisma migrate deploy` hands it to Prisma's engine. */
async function migrationsList() {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const directories = names.sort().map(async (path) => {
    const value = await readFile(join(MIGRATIONS, path, "migration.sql"), "utf8");
    return { path, migrationFile: { path: "migration.sql", content: { tag: "ok" as const, value } } };
  });
  return {
    baseDir: MIGRATIONS,
    lockfile: {
      path: "migration_lock.toml",
      content: await readFile(join(MIGRATIONS, "migration_lock.toml"), "utf8"),
    },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(directories),
  };
}

test("after our migrations Prisma's own engine finds nothing left to apply", async () => {
  const database = await createTestDatabase();
  await loadEngine();
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: database.url }));
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
  const filters = { externalTables: [], externalEnums: [] };
  const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: await migrationsList(), filters });
  expect(appliedMigrationNames).toEqual([]);
  engine.free();
  await database.drop();
});
