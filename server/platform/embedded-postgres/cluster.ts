import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errorCode } from "../error-code.ts";
import { StartupError } from "../startup-error.ts";
import type { Binaries } from "./binaries.ts";
import { canEnter, chooseServerUser, ownerOfCluster, runAs, type ServerUser } from "./server-user.ts";

export const SUPERUSER = "anima";

export type Cluster = {
  /** The folder that PostgreSQL calls its data directory. */
  directory: string;
  /** The folder it stands in, for what has to be near it: an unfinished cluster, copied programs. */
  home: string;
  exists: boolean;
  user: ServerUser;
  relocatedBecause: string | null;
};

const UNFINISHED_PREFIX = "postgres-unfinished-";

/**
 * Where the cluster stands or shall stand, and the user it belongs to. Normally `<dataDir>/postgres`; where that user cannot
 * enter `dataDir`, a new folder below `relocateTo` with a random name, to which `<dataDir>/postgres` is then a link. So
 * it is found again, also after `dataDir` moved, and a removed `dataDir` means a new start.
 */
export async function locateCluster(dataDir: string, relocateTo: string): Promise<Cluster> {
  const place = join(dataDir, "postgres");
  const target = await linkTarget(place);
  const directory = target ?? place;
  const home = dirname(directory);
  if (target && !(await stat(home).catch(() => null))) {
    throw new StartupError(
      `The database of ${dataDir} stands in ${directory}, which is gone.`,
      `Bring ${home} back (is a disk missing?), or remove the link ${place} to begin with an empty database.`,
    );
  }
  const version = await stat(join(directory, "PG_VERSION")).catch((error) => notFound(error, directory));
  const user = version ? await ownerOfCluster(directory, version) : await chooseServerUser();
  const name = user?.name ?? "the current user";
  const closed = !(await canEnter(dataDir, user));
  const because = closed ? `${dataDir} is closed to ${name}, who runs PostgreSQL` : `${place} is a link`;

  if (target) return { directory, home, exists: version !== null, user, relocatedBecause: because };
  if (!closed) return { directory, home, exists: version !== null, user, relocatedBecause: null };
  if (version || !user) throw closedFolder(dataDir, name);
  return await relocate(place, relocateTo, user, because);
}

async function relocate(place: string, relocateTo: string, user: ServerUser, because: string): Promise<Cluster> {
  await mkdir(relocateTo, { recursive: true });
  const home = await mkdtemp(join(relocateTo, "anima-"));
  await chmod(home, 0o711);
  if (!(await canEnter(home, user))) {
    await rm(home, { recursive: true });
    throw closedFolder(relocateTo, user?.name ?? "the current user");
  }
  const directory = join(home, "postgres");
  await symlink(directory, place);
  return { directory, home, exists: false, user, relocatedBecause: because };
}

/** Throws a StartupError for a cluster of another major version: PostgreSQL cannot read it. */
export async function requireUsableCluster(cluster: Cluster, binaries: Binaries): Promise<void> {
  const version = (await readFile(join(cluster.directory, "PG_VERSION"), "utf8")).trim();
  if (version === binaries.majorVersion) return;
  throw new StartupError(
    `The database in ${cluster.directory} was made by PostgreSQL ${version}; this Anima brings PostgreSQL ${binaries.majorVersion}.`,
    `Start the Anima that made it, export the data (pg_dump) and import it into a new DATA_DIR, or set DATABASE_URL to a PostgreSQL ${version}.`,
  );
}

/**
 * Makes an empty cluster, in a folder of another name that is renamed when all is done: one that exists is complete.
 * `durable` false skips the flush to disk, for tests.
 */
export async function createCluster(
  cluster: Cluster,
  binaries: Binaries,
  password: string,
  durable: boolean,
): Promise<void> {
  await removeUnfinished(cluster);
  const unfinished = await mkdtemp(join(cluster.home, UNFINISHED_PREFIX));
  const passwordFile = join(unfinished, "password");
  const directory = join(unfinished, "cluster");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (cluster.user) {
    await chown(passwordFile, cluster.user.uid, cluster.user.gid);
    await chown(unfinished, cluster.user.uid, cluster.user.gid);
  }
  try {
    // The builtin locale sorts alike on every machine, so no upgrade of the system's C library can corrupt an index.
    await runAs(cluster.user, binaries.initdb, [
      ...["-D", directory, "--username", SUPERUSER, "--pwfile", passwordFile, "--auth", "scram-sha-256"],
      ...["--encoding", "UTF8", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"],
      ...["--no-instructions", ...(durable ? [] : ["--no-sync"])],
    ]);
    await rename(directory, cluster.directory);
    // The name must be on disk before the first commit is acknowledged.
    await flush(cluster.home);
  } catch (cause) {
    const stderr = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim() : errorCode(cause);
    throw new StartupError(
      `The database in ${cluster.directory} cannot be created: ${stderr}`,
      "Free space or rights on that folder, set DATA_DIR to another one, or set DATABASE_URL.",
      { cause },
    );
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What an earlier start left behind when it was killed; its initdb may still be writing, hence the retries. A folder named as the cluster but without PG_VERSION is empty. */
async function removeUnfinished(cluster: Cluster): Promise<void> {
  for (const name of await readdir(cluster.home)) {
    if (name.startsWith(UNFINISHED_PREFIX)) await rm(join(cluster.home, name), { recursive: true, maxRetries: 10 });
  }
  const leftover = await readdir(cluster.directory).catch(() => []);
  if (leftover.length === 0) return;
  throw new StartupError(
    `${cluster.directory} is no database of PostgreSQL (it has no PG_VERSION), and is not empty.`,
    "Restore it from a backup, or move it away to begin with an empty database.",
  );
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

async function linkTarget(path: string): Promise<string | null> {
  const entry = await lstat(path).catch(() => null);
  return entry?.isSymbolicLink() ? resolve(dirname(path), await readlink(path)) : null;
}

function notFound(error: unknown, directory: string): null {
  if (errorCode(error) === "ENOENT") return null;
  throw new StartupError(
    `The database in ${directory} cannot be read (${errorCode(error)}).`,
    "Start Anima as the user who owns the data folder, or as root.",
    { cause: error },
  );
}

function closedFolder(folder: string, name: string): StartupError {
  return new StartupError(
    `${folder} is closed to ${name}, who runs PostgreSQL.`,
    `Let others pass through it and the folders above it (chmod o+x), set DATA_DIR to an open place, or set DATABASE_URL.`,
  );
}
