/**
 * Writes prisma/migrations/<timestamp>_<name>/migration.sql: the SQL that turns one version of the schema into another.
 *
 *   node scripts/new-migration.ts <name> [--from <file> | --from-empty] [--schema <file>] [--stdout]
 *
 * Without --from the starting point is the schema at git HEAD. Works offline and without a database.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { diffSchemas, SchemaError } from "./new-migration/diff-schemas.ts";

const USAGE = "Usage: node scripts/new-migration.ts <name> [--from <file> | --from-empty] [--schema <file>] [--stdout]";

/** What the operator of this script can mend: printed without a stack. */
class UsageError extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: "string" },
      "from-empty": { type: "boolean", default: false },
      schema: { type: "string", default: "prisma/schema.prisma" },
      stdout: { type: "boolean", default: false },
    },
  });
  const name = positionals[0];
  if (!values.stdout && (positionals.length !== 1 || !name || !/^[a-z0-9_]+$/.test(name))) {
    throw new UsageError(`A migration needs one name of a-z, 0-9 and _.\n${USAGE}`);
  }
  if (values.from && values["from-empty"])
    throw new UsageError(`--from and --from-empty exclude each other.\n${USAGE}`);

  const schemaFile = resolve(values.schema);
  const before = values["from-empty"] ? null : await readStartingPoint(schemaFile, values.from);
  const sql = await diffSchemas(before, await readFile(schemaFile, "utf8"));

  if (values.stdout) {
    process.stdout.write(sql ?? "");
    return;
  }
  if (sql === null) throw new UsageError("The schema has not changed: no migration written.");
  const folder = join(dirname(schemaFile), "migrations", `${timestamp(new Date())}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeLockFile(join(dirname(schemaFile), "migrations", "migration_lock.toml"));
  await writeFile(join(folder, "migration.sql"), sql);
  console.log(relative(process.cwd(), join(folder, "migration.sql")));
}

async function readStartingPoint(schemaFile: string, from: string | undefined): Promise<string> {
  if (from) return await readFile(from, "utf8");
  try {
    // `HEAD:./file` is resolved against the working directory, so a schema anywhere in any repository works.
    const args = ["show", `HEAD:./${relative(dirname(schemaFile), schemaFile)}`];
    return execFileSync("git", args, {
      cwd: dirname(schemaFile),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } catch (cause) {
    throw new UsageError(`${schemaFile} is not in git's HEAD. For a first migration pass --from-empty.`, { cause });
  }
}

/** 14 digits, UTC: the order of migrations is the order of their folder names. */
function timestamp(date: Date): string {
  return date.toISOString().replaceAll(/\D/g, "").slice(0, 14);
}

/** `prisma migrate deploy` refuses a migrations folder without this file. */
async function writeLockFile(file: string): Promise<void> {
  if (existsSync(file)) return;
  await writeFile(
    file,
    '# Read by the Prisma CLI: the database these migrations are written for.\nprovider = "postgresql"\n',
  );
}

try {
  await main();
} catch (error) {
  // A wrong option (parseArgs) and a missing file carry a code.
  const mendable = error instanceof UsageError || error instanceof SchemaError;
  console.error(mendable || (error instanceof Error && "code" in error) ? error.message : error);
  process.exitCode = 1;
}
