import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const SCRIPT = join(import.meta.dirname, "new-migration.ts");
const HEAD = 'datasource db {\n  provider = "postgresql"\n}\n';
const USER = "model User {\n  id String @id\n}\n";
const USER_WITH_NAME = "model User {\n  id String @id\n  name String?\n}\n";

let folder: string;
let schema: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-new-migration-"));
  schema = join(folder, "schema.prisma");
  await writeFile(schema, HEAD + USER);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function run(file: string, args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  return await promisify(execFile)(file, args, { cwd: folder })
    .then((output) => ({ ...output, code: 0 }))
    .catch((error) => error);
}

async function newMigration(...args: string[]) {
  return await run(process.execPath, [SCRIPT, ...args, "--schema", schema]);
}

async function git(...args: string[]): Promise<void> {
  await run("git", ["-c", "user.name=Test", "-c", "user.email=test@localhost", ...args]);
}

test("the first migration makes the whole schema, in Prisma's layout", async () => {
  await newMigration("first", "--from-empty");
  const names = (await readdir(join(folder, "migrations"))).sort();
  expect(names).toEqual([expect.stringMatching(/^\d{14}_first$/), "migration_lock.toml"]);
  const sql = await readFile(join(folder, "migrations", String(names[0]), "migration.sql"), "utf8");
  expect(sql).toContain('CREATE TABLE "User"');
});

test("a later one holds what changed since git's HEAD, and nothing is written where nothing did", async () => {
  await git("init");
  await git("add", "schema.prisma");
  await git("commit", "--message", "schema");
  expect(await newMigration("nothing")).toMatchObject({ code: 1, stderr: expect.stringContaining("not changed") });

  await writeFile(schema, HEAD + USER_WITH_NAME);
  expect((await newMigration("name", "--stdout")).stdout).toBe(
    '-- AlterTable\nALTER TABLE "User" ADD COLUMN     "name" TEXT;\n',
  );
  expect(await readdir(folder)).not.toContain("migrations");
});

test("the starting point may be a file", async () => {
  const before = join(folder, "before.prisma");
  await writeFile(before, HEAD + USER_WITH_NAME);
  expect((await newMigration("name", "--from", before, "--stdout")).stdout).toContain('DROP COLUMN "name"');
});

test("mistakes are explained in the words of Prisma or of this script, without a stack", async () => {
  expect((await newMigration("first")).stderr).toMatch(/is not in git's HEAD.*--from-empty/);
  expect((await newMigration("Not a name", "--from-empty")).stderr).toMatch(/^A migration needs one name/);
  await writeFile(schema, `${HEAD}model {`);
  const invalid = await newMigration("first", "--from-empty");
  expect(invalid).toMatchObject({ code: 1, stderr: expect.stringContaining("schema.prisma:4") });
  expect(invalid.stderr).not.toContain("    at ");
});
