import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** `started` tells a process from a later one that was given the same pid, also across reboots. */
type ProcessIdentity = { started: string; command: string };

/** Null where no process has this pid. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  return process.platform === "linux" ? await identifyByProc(pid) : await identifyByPs(pid);
}

// /proc and not ps, which slim container images lack.
async function identifyByProc(pid: number): Promise<ProcessIdentity | null> {
  try {
    const [stat, command, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    // proc_pid_stat(5): after the name in parentheses come field 3, the state, and field 22, the start in ticks since boot.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const isDead = fields[0] === "Z" || fields[0] === "X";
    return isDead ? null : { started: `${boot.trim()} ${fields[19]}`, command: command.replaceAll("\0", " ") };
  } catch {
    // The folder of a process that has ended is gone.
    return null;
  }
}

// Next declares NODE_ENV as a part of every environment.
const PS_ENV = { LC_ALL: "C", NODE_ENV: "production" } as const;

async function identifyByPs(pid: number): Promise<ProcessIdentity | null> {
  try {
    const started = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)], { env: PS_ENV });
    const command = await promisify(execFile)("ps", ["-o", "command=", "-p", String(pid)], { env: PS_ENV });
    return { started: started.stdout.trim(), command: command.stdout.trim() };
  } catch {
    // ps fails where there is no such process.
    return null;
  }
}
