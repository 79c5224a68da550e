import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

export type Running = { stop(): Promise<void> };

/** Starts a program and waits until the address answers below 500. */
export async function startProgram(args: string[], env: Record<string, string>, readyUrl: string): Promise<Running> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`${args.join(" ")} ended:\n${Buffer.concat(output)}`);
    const answer = await fetch(readyUrl).catch(() => null);
    if (answer && answer.status < 500) return { stop: () => stop(child) };
    await new Promise((next) => setTimeout(next, 100));
  }
  await stop(child);
  throw new Error(`${args.join(" ")} does not answer:\n${Buffer.concat(output)}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}
