import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../../support/free-port.ts";

export type TestRedis = {
  url: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

/** A real Redis (or Valkey) on a free port of the loopback. Throws where none is installed: no test is skipped for that. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "anima-redis-"));
  let server = await spawnRedis(port, folder);
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill("SIGKILL");
    await exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      server = await spawnRedis(port, folder);
    },
    async close() {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

async function spawnRedis(port: number, folder: string): Promise<ChildProcess> {
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  for (const program of ["redis-server", "valkey-server"]) {
    const server = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    const isThere = await once(server, "spawn").then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    await ready(server);
    return server;
  }
  throw new Error("Neither redis-server nor valkey-server can be run; install the Debian package redis-server.");
}

async function ready(server: ChildProcess): Promise<void> {
  if (!server.stdout) throw new Error("redis-server has no output.");
  const lines = createInterface(server.stdout);
  for await (const line of lines) if (line.includes("Ready to accept connections")) return;
  throw new Error("redis-server ended without becoming ready.");
}
