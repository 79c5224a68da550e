import { chmod, mkdir, realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { locateBinaries } from "./embedded-postgres/binaries.ts";
import { createCluster, locateCluster, requireUsableCluster } from "./embedded-postgres/cluster.ts";
import { lockDataDir } from "./embedded-postgres/lock.ts";
import { createDatabase, readOrCreatePassword } from "./embedded-postgres/login.ts";
import { startServer, stopOrphan } from "./embedded-postgres/server.ts";
import { isRoot } from "./embedded-postgres/server-user.ts";
import { errorCode } from "./error-code.ts";
import { StartupError } from "./startup-error.ts";

/** A running PostgreSQL that belongs to this process alone. */
export type EmbeddedPostgres = {
  /** Connection string with the superuser's password: never log it. */
  url: string;
  /** Where the cluster really stands: below `dataDir` unless `relocatedBecause` says why not. */
  dataDirectory: string;
  relocatedBecause: string | null;
  /** Settles when the server has ended, for whatever reason. It is not started again. */
  exited: Promise<void>;
  /** Shuts down within seconds; every committed transaction is kept. May be called again. */
  stop(): Promise<void>;
};

type EmbeddedPostgresOptions = {
  dataDir: string;
  onProgress: (line: string) => void;
  /** PostgreSQL settings that win over ours, for example `{ fsync: "off" }` in tests. */
  settings?: Record<string, string>;
  /** Folder for clusters that cannot stand in `dataDir`; see `relocatedBecause`. */
  relocateTo?: string;
  /** Milliseconds that an orderly shutdown may take before it is cut short (without loss). Default 10,000. */
  shutdownMs?: number;
};

/**
 * Starts the PostgreSQL that npm installed, with its cluster in `<dataDir>/postgres`, and waits until it answers.
 * Recovers by itself from power cuts and kills. Throws a StartupError for what the operator can mend: another Anima on the
 * same `dataDir`, a cluster of another major version, folders that may not be written or entered.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = await ensureDataDir(resolve(options.dataDir));
  const lock = await lockDataDir(dataDir);
  try {
    const cluster = await locateCluster(dataDir, options.relocateTo ?? "/var/lib");
    const binaries = await locateBinaries(cluster, options.onProgress);
    const password = await readOrCreatePassword(dataDir, cluster);
    if (cluster.exists) {
      await requireUsableCluster(cluster, binaries);
      await stopOrphan(cluster, options.onProgress);
    } else {
      options.onProgress(`Creating the database in ${cluster.directory}`);
      await createCluster(cluster, binaries, password, options.settings?.fsync !== "off");
    }
    const server = await startServer({ ...options, dataDir, cluster, binaries });
    const exited = server.exited.then(() => lock.release());
    try {
      const url = await createDatabase(server.port, password);
      const stop = async () => {
        await server.stop();
        await exited;
      };
      return { url, dataDirectory: cluster.directory, relocatedBecause: cluster.relocatedBecause, exited, stop };
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}

// Others may pass through (0711), not list: where we are root, the unprivileged user of PostgreSQL must reach its cluster.
async function ensureDataDir(dataDir: string): Promise<string> {
  const mode = isRoot() ? 0o711 : 0o700;
  try {
    const created = await mkdir(dataDir, { recursive: true, mode });
    // mkdir's mode is cut by the umask.
    if (created) await chmod(dataDir, mode);
    return await realpath(dataDir);
  } catch (cause) {
    throw new StartupError(
      `The data folder ${dataDir} cannot be created (${errorCode(cause)}).`,
      "Set DATA_DIR to a folder that this user may write.",
      { cause },
    );
  }
}
