import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "./database.ts";
import { errorCode } from "./error-code.ts";
import { RootKey } from "./root-key.ts";
import { StartupError } from "./startup-error.ts";

/** The root key: ROOT_KEY where it is set, else the file `root-key` (0600) in DATA_DIR, made at the first start. */
export async function loadRootKey(configured: string | null, dataDir: string): Promise<RootKey> {
  if (configured !== null) {
    const key = RootKey.parse(configured);
    if (!key)
      throw new StartupError(
        "ROOT_KEY is not 32 bytes in base64 or hexadecimal.",
        "Make one with: openssl rand -base64 32",
      );
    return key;
  }
  const path = join(dataDir, "root-key");
  const stored = await readFile(path, "utf8").catch((error) => {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  });
  if (stored !== null) {
    const key = RootKey.parse(stored.trim());
    if (!key) throw new StartupError(`${path} is damaged.`, "Restore it from a backup, or set ROOT_KEY.");
    return key;
  }
  const key = RootKey.generate();
  await mkdir(dataDir, { recursive: true });
  await writeFile(path, `${key.export()}\n`, { mode: 0o600, flag: "wx", flush: true });
  return key;
}

/** Refuses to run on a database whose secrets are under another root key: they would be unreadable. */
export async function checkRootKey(db: Database, key: RootKey): Promise<void> {
  const check = key.mac("check value", "anima").toString("hex");
  await db.pool.query("INSERT INTO server_state (name, value) VALUES ('root-key-check', $1) ON CONFLICT DO NOTHING", [
    check,
  ]);
  const { rows } = await db.pool.query<{ value: string }>(
    "SELECT value FROM server_state WHERE name = 'root-key-check'",
  );
  if (rows[0]?.value !== check) {
    throw new StartupError(
      "This database belongs to another ROOT_KEY.",
      "Set ROOT_KEY to the key of the other processes on this database (the file root-key in their DATA_DIR).",
    );
  }
}
