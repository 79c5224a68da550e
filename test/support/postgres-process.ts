import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export type Started = { url: string; dataDirectory: string; relocatedBecause: string | null };
export type Refused = { problem: string; remedy: string };

/** Another process that starts an embedded PostgreSQL on `dataDir`: of another user, or from another checkout if need be. */
export function spawnPostgres(options: {
  dataDir: string;
  checkout?: string;
  relocateTo?: string;
  user?: { uid: number; gid: number };
}): ChildProcess {
  const checkout = options.checkout ?? join(import.meta.dirname, "../..");
  const args = [join(checkout, "test/support/start-postgres.ts"), options.dataDir, options.relocateTo ?? ""];
  return spawn(process.execPath, args, { cwd: "/", stdio: ["pipe", "pipe", "inherit"], ...options.user });
}

/** What the process reports once it has started or could not. */
export async function reportOf(child: ChildProcess): Promise<Started | Refused> {
  if (!child.stdout) throw new Error("The child has no output.");
  const lines = createInterface(child.stdout);
  const [line] = await Promise.race([once(lines, "line"), once(lines, "close")]);
  if (!line) throw new Error("The child ended without a report; its standard error says why.");
  return JSON.parse(line);
}

export async function startedIn(child: ChildProcess): Promise<Started> {
  const report = await reportOf(child);
  if ("url" in report) return report;
  throw new Error(report.problem);
}

/** Ends the process in the orderly way, so that its PostgreSQL ends too. */
export async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.stdin?.end();
  await exited;
}
