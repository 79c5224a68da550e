import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { errorCode } from "../error-code.ts";
import { StartupError } from "../startup-error.ts";
import { type Cluster, SUPERUSER } from "./cluster.ts";

const DATABASE = "anima";

/** The superuser's password: random, only in `<dataDir>/postgres-password` (0600) and in PostgreSQL's own hash of it. */
export async function readOrCreatePassword(dataDir: string, cluster: Cluster): Promise<string> {
  const file = join(dataDir, "postgres-password");
  const stored = await readFile(file, "utf8").catch((error) => {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  });
  if (stored) return stored;
  if (cluster.exists) {
    throw new StartupError(
      `The password of the database in ${cluster.directory} is missing: ${file}.`,
      "Restore that file from the backup it came from.",
    );
  }
  const password = randomBytes(24).toString("base64url");
  // Whole and on disk before a cluster is made with it.
  const handle = await open(`${file}.new`, "w", 0o600);
  await handle.writeFile(password);
  await handle.sync().finally(() => handle.close());
  await rename(`${file}.new`, file);
  return password;
}

/** The connection string of the database that Anima lives in. */
export function urlOf(port: number, password: string, database = DATABASE): string {
  return `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

/** Makes the database that Anima lives in where it is missing, and returns the connection string of it. */
export async function createDatabase(port: number, password: string): Promise<string> {
  const client = new Client({ connectionString: urlOf(port, password, "postgres") });
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (cause) {
    if (errorCode(cause) !== "28P01") throw cause;
    throw new StartupError(
      "The embedded database does not accept the password in postgres-password.",
      "Restore the data folder as a whole: the cluster and postgres-password belong together.",
      { cause },
    );
  } finally {
    await client.end();
  }
  return urlOf(port, password);
}
