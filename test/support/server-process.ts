import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identifyProcess } from "#server/platform/embedded-postgres/process-identity.ts";
import type { Answer, CallOptions } from "./app.ts";
import { createTestDatabase } from "./database.ts";
import { freePort } from "./free-port.ts";
import { waitUntil } from "./wait.ts";

const CHECKOUT = join(import.meta.dirname, "../..");
const READY_MS = 60_000;
const EXIT_MS = 30_000;

type Exit = { code: number | null; signal: NodeJS.Signals | null };
type Env = Record<string, string>;

/** A server that runs as a process of its own and is talked to over its sockets. */
export type ServerProcess = {
  pid: number;
  url: string;
  smtpPort: number;
  /** What it has printed so far, both streams. */
  output(): string;
  /** One REST call over the socket. Rejects when the connection breaks. */
  call<Body = Record<string, unknown>>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>>;
  /** Reads no more of what it prints, as a pipe whose reader has ended. */
  closeOutput(): void;
  signal(name: NodeJS.Signals): void;
  /** Sends the signal and waits for the end. */
  kill(name: NodeJS.Signals): Promise<Exit>;
  exited: Promise<Exit>;
};

/** What outlives a server process: its data folder and its database. */
export type Installation = {
  dataDir: string;
  /** Null where the server runs its own. */
  databaseUrl: string | null;
  /** Starts a server on it and waits until it is ready. Rejects, with what was printed, when it ends instead. */
  start(env?: Env): Promise<ServerProcess>;
  /** Starts a server that is to end by itself, or by `interrupt`, before it is ready. */
  fail(env?: Env, interrupt?: { when: RegExp; signal: NodeJS.Signals }): Promise<Exit & { output: string }>;
  /** Ends every process that was started on it, and removes the data. */
  remove(): Promise<void>;
};

/**
 * @param options.database "test" is a fresh copy of the run's template, "embedded" the server's own PostgreSQL
 * @param options.env what every start gets, beside loopback, free ports and the roles that need no built pages
 */
export async function createInstallation(
  options: { database?: "test" | "embedded" | { url: string }; env?: Env } = {},
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), "anima-system-"));
  // The unprivileged user of the embedded PostgreSQL must be able to enter.
  await chmod(folder, 0o755);
  const dataDir = join(folder, "data");
  const { database = "test" } = options;
  const own = database === "test" ? await createTestDatabase() : null;
  const databaseUrl = own?.url ?? (typeof database === "object" ? database.url : null);
  const children: ChildProcess[] = [];

  async function launch(env: Env): Promise<Launched> {
    const launched = launchServer({
      DATA_DIR: dataDir,
      ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
      SMTP_PORT: String(await freePort()),
      ...options.env,
      ...env,
    });
    children.push(launched.child);
    return launched;
  }

  return {
    dataDir,
    databaseUrl,
    start: async (env = {}) => whenReady(await launch(env)),
    async fail(env = {}, interrupt) {
      const { child, exited, output } = await launch(env);
      if (interrupt) {
        await waitUntil(() => interrupt.when.test(output()), { timeout: READY_MS, interval: 5 });
        child.kill(interrupt.signal);
      }
      return { ...(await inTime(exited, output)), output: output() };
    },
    async remove() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      await endOrphan(dataDir);
      await own?.drop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Launched = { child: ChildProcess; exited: Promise<Exit>; output: () => string };

function launchServer(env: Env): Launched {
  const child = spawn(process.execPath, ["server/main.ts"], {
    cwd: CHECKOUT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH ?? "",
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "",
      NODE_ENV: "production",
      PORT: "0",
      PUBLIC_URL: "http://anima.test",
      ROLES: "worker,mail",
      MAIL_DOMAIN: "agents.test",
      LOG_LEVEL: "warn",
      ...env,
    },
  });
  // A test run that is cut short leaves no server behind.
  const killWithUs = () => child.kill("SIGKILL");
  process.once("exit", killWithUs);
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text) => (printed += text));
  const exited = once(child, "close").then(([code, signal]): Exit => {
    process.off("exit", killWithUs);
    return { code, signal };
  });
  return { child, exited, output: () => printed };
}

async function whenReady({ child, exited, output }: Launched): Promise<ServerProcess> {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  // "Roles" is the last row that says where the server is.
  const isUp = () => ended || /^ {2}Roles /m.test(output());
  await waitUntil(isUp, { timeout: READY_MS, interval: 20 });
  if (ended) throw new Error(`The server did not start:\n${output()}`);
  const portOf = (row: string) => Number(new RegExp(`^ {2}${row} +[\\d.]+:(\\d+)`, "m").exec(output())?.[1] ?? 0);
  const url = `http://127.0.0.1:${portOf("HTTP")}`;
  return {
    pid: child.pid ?? 0,
    url,
    smtpPort: portOf("SMTP"),
    output,
    call: (method, path, options) => call(url, method, path, options),
    closeOutput: () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    },
    signal: (name) => void child.kill(name),
    kill: (name) => {
      child.kill(name);
      return inTime(exited, output);
    },
    exited,
  };
}

async function inTime(exited: Promise<Exit>, output: () => string): Promise<Exit> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`The server did not end within ${EXIT_MS} ms:\n${output()}`)), EXIT_MS);
  });
  return Promise.race([exited, tooLate]).finally(() => clearTimeout(timer));
}

async function call<Body>(url: string, method: string, path: string, options: CallOptions = {}): Promise<Answer<Body>> {
  const headers = new Headers(options.headers);
  if (options.key) headers.set("authorization", `Bearer ${options.key}`);
  if (options.idempotencyKey) headers.set("idempotency-key", options.idempotencyKey);
  if (options.correlationId) headers.set("x-correlation-id", options.correlationId);
  if (options.body !== undefined) headers.set("content-type", "application/json");
  const body = options.body === undefined ? {} : { body: JSON.stringify(options.body) };
  const response = await fetch(`${url}${path}`, { method, headers, ...body });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
}

/** Ends the PostgreSQL that a killed server has left behind. */
async function endOrphan(dataDir: string): Promise<void> {
  const file = await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number.parseInt(file, 10);
  const isOurs = async () => (await identifyProcess(pid))?.command.includes(dataDir) === true;
  if (!(pid > 0) || !(await isOurs())) return;
  process.kill(pid, "SIGQUIT");
  await waitUntil(async () => !(await isOurs()), { timeout: EXIT_MS, interval: 20 });
}
