import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode } from "../error-code.ts";
import { StartupError } from "../startup-error.ts";
import type { Binaries } from "./binaries.ts";
import type { Cluster } from "./cluster.ts";
import { identifyProcess } from "./process-identity.ts";
import { spawnOptions } from "./server-user.ts";

const POLL_MS = 20;
/** A fast shutdown writes a checkpoint; an immediate one leaves that to the next start. Neither loses a commit. */
const FAST_SHUTDOWN_MS = 10_000;
/** PostgreSQL itself kills what does not follow after 5 s. */
const IMMEDIATE_SHUTDOWN_MS = 10_000;
/** Replaying the log after a power cut takes seconds; a slow disk is given more. */
const READY_MS = 300_000;
/** For another program on the port, or the last processes of a killed server to let go of its memory. */
const RETRY_MS = 15_000;

const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "128MB",
  fsync: "on",
  synchronous_commit: "on",
  wal_compression: "on",
  // The reference is a laptop's SSD.
  random_page_cost: "1.1",
  // Compiling a plan costs more than any query of ours takes.
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "%m [%p] ",
  // What the server does, without the errors of queries, which we log ourselves: so the file stays small.
  log_min_messages: "log",
  log_checkpoints: "off",
  // Statements and the DETAIL of errors show rows, which no log may.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
};

export type Server = { port: number; exited: Promise<void>; stop(): Promise<void> };

type StartOptions = {
  dataDir: string;
  cluster: Cluster;
  binaries: Binaries;
  settings?: Record<string, string> | undefined;
  shutdownMs?: number | undefined;
};

/** Starts the server on a free port of 127.0.0.1, the last one where that is still free, and waits until it is ready. */
export async function startServer(options: StartOptions): Promise<Server> {
  const portFile = join(options.dataDir, "postgres-port");
  const logFile = join(options.dataDir, "postgres.log");
  const retryUntil = Date.now() + RETRY_MS;
  let port = await freePort(Number(await readFile(portFile, "utf8").catch(() => "0")));
  await rename(logFile, `${logFile}.1`).catch(() => {
    // The first start has no log to keep.
  });
  for (;;) {
    await writeFile(logFile, "", { mode: 0o600 });
    const child = await launch(options, port, logFile);
    const server = supervise(child, port, options.shutdownMs ?? FAST_SHUTDOWN_MS);
    if (await becomesReady(child, options.cluster, server.exited)) {
      await writeFile(portFile, String(port));
      return server;
    }
    const log = await readFile(logFile, "utf8");
    const passing = /Address already in use|pre-existing shared memory block/.test(log);
    if (!passing || Date.now() > retryUntil) throw notStarted(log, logFile);
    port = await freePort(port);
    await delay(POLL_MS);
  }
}

/**
 * Ends the server that an Anima which was killed left running, and clears the way for the next one. Called with the lock of
 * the data folder held, so it belongs to nobody. It is stopped and not adopted: only a child's end is noticed at once.
 */
export async function stopOrphan(cluster: Cluster, onProgress: (line: string) => void): Promise<void> {
  const { pid } = await readPidFile(cluster);
  const command = pid && (await identifyProcess(pid))?.command;
  if (!pid || !command) return;
  if (!command.includes("postgres")) {
    // After a reboot the pid may belong to something else, and PostgreSQL refuses to start while it lives.
    await rm(join(cluster.directory, "postmaster.pid"), { force: true });
    return;
  }
  // A server on another folder: PostgreSQL itself knows best whether that is a reason not to start.
  if (!command.includes(cluster.directory)) return;

  onProgress(`Stopping the PostgreSQL that an earlier start left running (process ${pid})`);
  const isGone = async () => (await identifyProcess(pid))?.command !== command;
  signal(pid, "SIGINT");
  if (await eventually(isGone, FAST_SHUTDOWN_MS)) return;
  signal(pid, "SIGQUIT");
  if (await eventually(isGone, IMMEDIATE_SHUTDOWN_MS)) return;
  throw new StartupError(
    `A PostgreSQL that an earlier start left running does not stop: process ${pid}.`,
    `End it (kill ${pid}) and start again.`,
  );
}

// A session of its own, so that Ctrl-C in the terminal reaches only us and we stop the server when all else is done.
async function launch(options: StartOptions, port: number, logFile: string): Promise<ChildProcess> {
  const settings = { ...SETTINGS, port: String(port), ...options.settings };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = await open(logFile, "a", 0o600);
  try {
    const child = spawn(options.binaries.postgres, ["-D", options.cluster.directory, ...args], {
      ...spawnOptions(options.cluster.user),
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    await once(child, "spawn");
    return child;
  } finally {
    await log.close();
  }
}

function supervise(child: ChildProcess, port: number, shutdownMs: number): Server {
  // When we crash, the server goes too. (After SIGKILL the next start finds it: stopOrphan.)
  const stopWithUs = () => child.kill("SIGINT");
  process.once("exit", stopWithUs);
  const exited = once(child, "exit").then(() => {
    process.off("exit", stopWithUs);
  });
  const stop = async () => {
    child.kill("SIGINT");
    if (await settlesWithin(exited, shutdownMs)) return;
    child.kill("SIGQUIT");
    if (await settlesWithin(exited, IMMEDIATE_SHUTDOWN_MS)) return;
    child.kill("SIGKILL");
    await exited;
  };
  return { port, exited, stop };
}

/** False where the server ended instead. Throws a StartupError, the server stopped, where it takes too long. */
async function becomesReady(child: ChildProcess, cluster: Cluster, exited: Promise<void>): Promise<boolean> {
  let hasExited = false;
  void exited.then(() => {
    hasExited = true;
  });
  const isReady = async () => {
    const { pid, status } = await readPidFile(cluster);
    return pid === child.pid && status === "ready";
  };
  if (await eventually(async () => hasExited || (await isReady()), READY_MS)) return !hasExited;
  child.kill("SIGQUIT");
  throw new StartupError(
    `PostgreSQL was not ready after ${READY_MS / 1000} seconds.`,
    "Look at postgres.log in the data folder; start again to let it go on with its recovery.",
  );
}

/** postmaster.pid: the pid in line 1, the status in line 8 (PostgreSQL's pidfile.h), both null where there is none. */
async function readPidFile(cluster: Cluster): Promise<{ pid: number | null; status: string | null }> {
  const content = await readFile(join(cluster.directory, "postmaster.pid"), "utf8").catch((error) => {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  });
  const lines = content.split("\n");
  const pid = Number.parseInt(lines[0] ?? "", 10);
  return { pid: pid > 0 ? pid : null, status: lines[7]?.trim() ?? null };
}

/** `preferred` where nothing listens on it, else any free port. */
async function freePort(preferred: number): Promise<number> {
  const probe = createServer().listen(preferred, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch (error) {
    if (preferred === 0) throw error;
    return await freePort(0);
  }
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

async function eventually(condition: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) return false;
    await delay(POLL_MS);
  }
  return true;
}

async function settlesWithin(promise: Promise<void>, limitMs: number): Promise<boolean> {
  const limit = new AbortController();
  const timer = delay(limitMs, false, { signal: limit.signal }).catch(() => false);
  const settled = await Promise.race([promise.then(() => true), timer]);
  limit.abort();
  return settled;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It ended by itself.
    if (errorCode(error) !== "ESRCH") throw error;
  }
}

function notStarted(log: string, logFile: string): StartupError {
  const lastWords = log
    .trim()
    .split("\n")
    .findLast((line) => /FATAL|PANIC|ERROR/.test(line));
  return new StartupError(
    `PostgreSQL did not start: ${lastWords ?? "it ended without a word"}`,
    `Mend what it says; the whole log is ${logFile}.`,
  );
}
