import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEmptyDatabase, databaseUrl, type TestDatabase } from "../../test/support/database.ts";
import { waitFor } from "../../test/support/wait.ts";
import { migrate } from "./migrate.ts";
import { StartupError } from "./startup-error.ts";

const MIGRATE_SCRIPT = join(import.meta.dirname, "../../test/support/migrate-process.ts");

const USERS = "CREATE TABLE users (id int PRIMARY KEY);\nINSERT INTO users VALUES (1);\n";
const NAMES = "ALTER TABLE users ADD COLUMN name text;\n";
const NAME_INDEX = "-- no transaction\nCREATE INDEX CONCURRENTLY users_name ON users (name);\n";

let database: TestDatabase;
let client: Client;
let migrationsDir: string;

beforeEach(async () => {
  database = await createEmptyDatabase();
  client = await connect(database.url);
  migrationsDir = await mkdtemp(join(tmpdir(), "anima-migrations-"));
});

afterEach(async () => {
  await client.end();
  await database.drop();
  await rm(migrationsDir, { recursive: true });
});

async function connect(url: string): Promise<Client> {
  const connection = new Client({ connectionString: url });
  await connection.connect();
  return connection;
}

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(migrationsDir, name), { recursive: true });
  await writeFile(join(migrationsDir, name, "migration.sql"), sql);
}

async function run(url = database.url) {
  return await migrate({ databaseUrl: url, migrationsDir, onProgress: () => {} });
}

async function refusal(url = database.url): Promise<StartupError> {
  const error = await run(url).catch((reason) => reason);
  if (error instanceof StartupError) return error;
  throw new Error("Migrated although it should not, or failed otherwise.", { cause: error });
}

async function recorded() {
  return (await client.query("SELECT * FROM _prisma_migrations ORDER BY started_at")).rows;
}

async function tableExists(name: string): Promise<boolean> {
  const { rows } = await client.query("SELECT to_regclass($1) IS NOT NULL AS exists", [name]);
  return rows[0].exists;
}

/** Waits until a session of this database waits for a lock in a statement that contains `text`. @returns its pid */
async function sessionWaiting(text: string): Promise<number> {
  return await waitFor(
    async () => {
      const { rows } = await client.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() " +
          "AND wait_event_type = 'Lock' AND position($1 in query) > 0",
        [text],
      );
      expect(rows).toHaveLength(1);
      return rows[0].pid;
    },
    { interval: 20 },
  );
}

describe("migrating", () => {
  test("runs what is missing in the order of names, and records it with Prisma's checksum", async () => {
    await write("20260102000000_names", NAMES);
    await write("20260101000000_users", USERS);
    expect(await run()).toEqual({ applied: ["20260101000000_users", "20260102000000_names"] });
    expect(await recorded()).toMatchObject([
      {
        migration_name: "20260101000000_users",
        checksum: createHash("sha256").update(USERS).digest("hex"),
        finished_at: expect.any(Date),
        rolled_back_at: null,
        applied_steps_count: 1,
      },
      { migration_name: "20260102000000_names", finished_at: expect.any(Date) },
    ]);

    expect(await run()).toEqual({ applied: [] });
    await write("20260103000000_index", NAME_INDEX);
    expect(await run()).toEqual({ applied: ["20260103000000_index"] });
  });

  test("by several processes at once applies each migration once, also one that cannot be in a transaction", async () => {
    await write("20260101000000_users", USERS);
    await write("20260102000000_names", NAMES);
    await write("20260103000000_index", NAME_INDEX);
    const results = await Promise.all([run(), run(), run()]);
    expect(results.flatMap((result) => result.applied)).toEqual([
      "20260101000000_users",
      "20260102000000_names",
      "20260103000000_index",
    ]);
    expect(await recorded()).toHaveLength(3);
  });
});

describe("a migration that fails", () => {
  test("leaves nothing behind, is named with PostgreSQL's reason, and runs again once it is mended", async () => {
    await write("20260101000000_users", `${USERS}SELECT nonsense;\n`);
    expect((await refusal()).message).toBe(
      'The migration 20260101000000_users failed: column "nonsense" does not exist',
    );
    expect(await tableExists("users")).toBe(false);
    expect(await recorded()).toEqual([]);

    await write("20260101000000_users", USERS);
    expect((await run()).applied).toEqual(["20260101000000_users"]);
  });

  test("because its process was killed simply runs again", async () => {
    // The migration waits in its middle for a lock that we hold.
    await client.query("SELECT pg_advisory_lock(1)");
    await write("20260101000000_users", `${USERS}SELECT pg_advisory_xact_lock(1);\n`);
    const child = spawn(process.execPath, [MIGRATE_SCRIPT, database.url, migrationsDir], { stdio: "inherit" });
    const exited = once(child, "exit");
    await sessionWaiting("CREATE TABLE users");
    child.kill("SIGKILL");
    await exited;
    await client.query("SELECT pg_advisory_unlock(1)");

    expect((await run()).applied).toEqual(["20260101000000_users"]);
    expect((await client.query("SELECT * FROM users")).rows).toEqual([{ id: 1 }]);
    expect(await recorded()).toHaveLength(1);
  });

  test("outside of a transaction is refused until the operator has looked at it, and then runs again", async () => {
    await write("20260101000000_users", USERS + NAMES);
    await run();
    await write("20260102000000_index", NAME_INDEX);
    const other = await connect(database.url);
    await other.query("BEGIN; UPDATE users SET name = 'x'");
    const failed = refusal();
    const indexing = await sessionWaiting("CREATE INDEX");
    await client.query("SELECT pg_terminate_backend($1)", [indexing]);
    await failed;
    await other.query("ROLLBACK");
    await other.end();

    const { message, remedy } = await refusal();
    expect(message).toBe("The migration 20260102000000_index began and did not finish.");
    await client.query("DROP INDEX users_name");
    await client.query(/UPDATE .*;/.exec(remedy)?.[0] ?? "");
    expect((await run()).applied).toEqual(["20260102000000_index"]);
  });
});

describe("a history that does not fit the code", () => {
  test("names the migration of a newer version", async () => {
    await write("20260101000000_users", USERS);
    await write("20260102000000_names", NAMES);
    await run();
    await rm(join(migrationsDir, "20260102000000_names"), { recursive: true });
    await write("20260103000000_other", "CREATE TABLE other ();");
    const { message, remedy } = await refusal();
    expect(message).toContain("20260102000000_names, which this version does not know");
    expect(remedy).toContain("newer");
    expect(await tableExists("other")).toBe(false);
  });

  test("names a migration that was changed after it was applied", async () => {
    await write("20260101000000_users", USERS);
    await run();
    await write("20260101000000_users", `${USERS}-- improved\n`);
    expect((await refusal()).message).toContain("20260101000000_users differs from the one that was applied");
  });
});

describe("a database that cannot be used", () => {
  test("because nothing listens: names host and port, never the password", async () => {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const address = probe.address();
    const port = typeof address === "object" ? address?.port : 0;
    probe.close();
    await once(probe, "close");

    const { message, remedy } = await refusal(`postgresql://someone:hunter2@127.0.0.1:${port}/anima`);
    expect(message).toBe(`PostgreSQL at 127.0.0.1:${port} cannot be reached (connect ECONNREFUSED 127.0.0.1:${port}).`);
    expect(remedy).toContain("DATABASE_URL");
  });

  test("because the password is wrong: names the user, never the password", async () => {
    const url = new URL(database.url);
    url.password = "hunter2";
    const error = await refusal(url.href);
    expect(error.message).toContain(`refuses the user "${url.username}"`);
    expect(error.message + error.remedy).not.toContain("hunter2");
  });

  test("because it does not exist: names it", async () => {
    const error = await refusal(databaseUrl(database.url, "nowhere"));
    expect(error.message).toContain('has no database "nowhere"');
    expect(error.remedy).toContain('CREATE DATABASE "nowhere"');
  });

  test("because the URL is none: does not repeat it", async () => {
    const error = await refusal("postgresql://someone:hunter2@host:port/anima");
    expect(error.message).toBe("DATABASE_URL is not a connection string.");
    expect(String(error.stack) + error.remedy).not.toContain("hunter2");
  });

  test("because its user may not create tables: says so", async () => {
    await client.query("CREATE ROLE reader LOGIN PASSWORD 'hunter2'");
    const url = new URL(database.url);
    url.username = "reader";
    url.password = "hunter2";
    const error = await refusal(url.href);
    await client.query("DROP ROLE reader");
    expect(error.message).toContain("permission denied for schema public");
    expect(error.remedy).toContain('"reader"');
  });

  test("because it is older than PostgreSQL 15", async () => {
    // A function that hides the real one makes this server say that it is a PostgreSQL 14.
    await client.query(`
      CREATE FUNCTION public.current_setting(setting text) RETURNS text LANGUAGE sql
        AS $$ SELECT CASE setting WHEN 'server_version_num' THEN '140005' ELSE '14.5' END $$;
      DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database()); END $$;
    `);
    await write("20260101000000_users", USERS);
    expect((await refusal()).message).toContain("is PostgreSQL 14.5; Anima needs 15 or newer");
    expect(await tableExists("users")).toBe(false);
  });
});
