import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../error-code.ts";
import { StartupError } from "../startup-error.ts";
import { identifyProcess } from "./process-identity.ts";

type DataDirLock = { release(): Promise<void> };

type Owner = { pid: number; started: string };

/**
 * Makes this process the only one that works on `dataDir`, until `release` or its end. Throws a StartupError that names the
 * pid of another living owner. The lock of a dead one is taken over, also when its pid meanwhile belongs to something else.
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const file = join(dataDir, "postgres.lock");
  const me = await identifyProcess(process.pid);
  const content = JSON.stringify({ pid: process.pid, started: me?.started ?? "" } satisfies Owner);
  while (!(await createWhole(file, content))) {
    const owner = await readOwner(file);
    if (owner && (await isAlive(owner))) throw alreadyRunning(dataDir, owner.pid);
    await setAside(file, owner);
  }
  return { release: () => removeOwn(file, content) };
}

/** Creates the file with its content in one step; false where it exists. */
async function createWhole(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${process.pid}`;
  try {
    await writeFile(draft, content, { mode: 0o600 });
    await link(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw new StartupError(
      `The data folder cannot be written: ${file} (${errorCode(error)}).`,
      "Start Anima as the user who owns the data folder, or set DATA_DIR to one that this user may write.",
      { cause: error },
    );
  } finally {
    await rm(draft, { force: true });
  }
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Owner;
  } catch (error) {
    // Gone meanwhile, or cut short by a power cut: nobody's.
    if (errorCode(error) === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  return (await identifyProcess(owner.pid))?.started === owner.started;
}

// Only one of several starting processes can rename the dead lock. One that was so late that it took a fresh lock gives
// it back, and finds its owner alive in the next round.
async function setAside(file: string, deadOwner: Owner | null): Promise<void> {
  const aside = `${file}.${process.pid}.dead`;
  try {
    await rename(file, aside);
    const taken = await readOwner(aside);
    if (taken?.pid !== deadOwner?.pid || taken?.started !== deadOwner?.started) await link(aside, file);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" && errorCode(error) !== "EEXIST") throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function removeOwn(file: string, content: string): Promise<void> {
  const current = await readFile(file, "utf8").catch(() => null);
  if (current === content) await rm(file, { force: true });
}

function alreadyRunning(dataDir: string, pid: number): StartupError {
  const self = pid === process.pid ? " (this process)" : "";
  return new StartupError(
    `Another Anima works on the data folder ${dataDir}: process ${pid}${self}.`,
    "Stop it, or give this one a DATA_DIR (and ports) of its own. Replicas share a DATABASE_URL, not a DATA_DIR.",
  );
}
