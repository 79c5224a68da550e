import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engine from "@prisma/schema-engine-wasm/schema_engine_bg";
import { Client } from "pg";
import { test } from "vitest";
import { loadEngine } from "../../scripts/new-migration/diff-schemas.ts";
import { createEmptyDatabase } from "../../test/support/database.ts";
import { migrate } from "./migrate.ts";

test("x", async () => {
  await loadEngine();
  const db = await createEmptyDatabase();
  const f = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: db.url }));
  const e = await engine.SchemaEngine.new({ datamodels: undefined }, (m: string) => console.log(m), f);
  const ml = {
    baseDir: "/x",
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"' },
    shadowDbInitScript: "",
    migrationDirectories: [
      {
        path: "20260101000000_a",
        migrationFile: {
          path: "migration.sql",
          content: { tag: "ok" as const, value: "CREATE TABLE a (id int); SELECT 1;" },
        },
      },
    ],
  };
  const d = await mkdtemp("/tmp/w/mig");
  await mkdir(d + "/20260101000000_a");
  await writeFile(d + "/20260101000000_a/migration.sql", "CREATE TABLE a (id int); SELECT 1;");
  if (process.env.OURS) await migrate({ databaseUrl: db.url, migrationsDir: d, onProgress: console.log });
  console.log(
    await e.applyMigrations({ migrationsList: ml, filters: { externalTables: [], externalEnums: [] } } as never),
  );
  if (!process.env.OURS) console.log(await migrate({ databaseUrl: db.url, migrationsDir: d, onProgress: console.log }));
  const c = new Client({ connectionString: db.url });
  await c.connect();
  console.log(
    (await c.query("select * from _prisma_migrations")).rows,
    (
      await c.query(
        "select column_name, data_type, character_maximum_length l, is_nullable, column_default from information_schema.columns where table_name='_prisma_migrations' order by ordinal_position",
      )
    ).rows,
  );
  await c.end();
  await db.drop();
});
