import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../error-code.ts";
import { urlOf } from "./login.ts";

/** The connection string of the embedded database of a server that runs on this folder; null where none does. */
export async function runningDatabaseUrl(dataDir: string): Promise<string | null> {
  try {
    const password = await readFile(join(dataDir, "postgres-password"), "utf8");
    // Line 4 is the port (PostgreSQL's pidfile.h).
    const pidFile = await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8");
    return urlOf(Number(pidFile.split("\n")[3]), password);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
