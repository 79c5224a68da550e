import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { StartupError } from "../startup-error.ts";

/** The unprivileged user PostgreSQL runs as where we are root; null: the user we are. */
export type ServerUser = { uid: number; gid: number; name: string } | null;

const execFileAsync = promisify(execFile);

/** Whether this process runs as root. False where the system has no such user (Windows). */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** PostgreSQL refuses to run as root: the first of these users that the machine has runs it. Null where we are not root. */
export async function chooseServerUser(): Promise<ServerUser> {
  if (!isRoot()) return null;
  const users = await readUsers();
  const user = users.find((each) => each.name === "postgres") ?? users.find((each) => each.name === "nobody");
  if (user) return user;
  throw new StartupError(
    'PostgreSQL refuses to run as root, and this machine has no user "postgres" or "nobody" to run it.',
    "Start Anima as an ordinary user, add a user named postgres, or set DATABASE_URL.",
  );
}

/** The user who owns an existing cluster. Only root may start PostgreSQL as somebody else. */
export async function ownerOfCluster(directory: string, owner: { uid: number; gid: number }): Promise<ServerUser> {
  const name = (await readUsers()).find((each) => each.uid === owner.uid)?.name ?? `uid ${owner.uid}`;
  if (isRoot()) {
    if (owner.uid !== 0) return { ...owner, name };
    throw new StartupError(
      `The database in ${directory} belongs to root, and PostgreSQL refuses to run as root.`,
      `Give it to an unprivileged user: chown -R nobody ${directory}`,
    );
  }
  if (owner.uid === process.getuid?.()) return null;
  throw new StartupError(
    `The database in ${directory} belongs to the user ${name}.`,
    `Start Anima as ${name} or as root, or give the data folder to the user who starts it (chown -R).`,
  );
}

/** Whether another user may pass through the folder, asked of the kernel because modes alone do not tell (ACLs, mounts). */
export async function canEnter(folder: string, user: ServerUser): Promise<boolean> {
  if (!user) return true;
  try {
    await runAs(user, "/bin/sh", ["-c", 'test -x "$1"', "sh", folder]);
    return true;
  } catch {
    // `test` answers no by failing, also where a parent folder is closed.
    return false;
  }
}

/** Runs a program to its end and returns what it printed. Rejects with execFile's error, which carries stdout and stderr. */
export async function runAs(user: ServerUser, file: string, args: string[]): Promise<string> {
  const { stdout } = await execFileAsync(file, args, spawnOptions(user));
  return stdout;
}

/**
 * Ours is a directory that the other user may be unable to enter, and our environment holds secrets and PG* variables
 * that would change what the programs do: neither is handed on.
 */
export function spawnOptions(user: ServerUser) {
  return {
    cwd: "/",
    // Next declares NODE_ENV as a part of every environment.
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC", NODE_ENV: "production" } as const,
    ...(user && { uid: user.uid, gid: user.gid }),
  };
}

async function readUsers(): Promise<NonNullable<ServerUser>[]> {
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n");
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
