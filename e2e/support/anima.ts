import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../test/support/free-port.ts";

const ROOT = join(import.meta.dirname, "../..");
const START_MS = 60_000;

/** The production server, as a process of its own: what `npm start` runs once everything is built. */
export type Anima = {
  url: string;
  /** Where its database is, and everything else that it keeps. */
  dataDir: string;
  /** The one-time link of the latest start. */
  link(): string;
  /** What it printed and logged so far. */
  output(): string;
  /** Stops it and starts it again on the same data and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts the server with a database of its own and no inbound mail, and waits until it is ready. */
export async function startAnima(env: Record<string, string> = {}): Promise<Anima> {
  const dataDir = await mkdtemp(join(tmpdir(), "anima-e2e-"));
  // The unprivileged user of PostgreSQL must be able to enter, or the database would be put elsewhere and stay there.
  await chmod(dataDir, 0o755);
  const port = await freePort();
  const settings = { DATA_DIR: dataDir, PORT: String(port), SMTP_PORT: "0", LOG_LEVEL: "warn", ...env };
  let server = await launch(settings);
  return {
    url: `http://localhost:${port}`,
    dataDir,
    link: () => /http\S+\/sign-in\/link\?token=\S+/.exec(server.output())?.[0] ?? "",
    output: () => server.output(),
    async restart() {
      await server.stop();
      server = await launch(settings);
    },
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type Launched = { output(): string; stop(): Promise<void> };

async function launch(env: Record<string, string>): Promise<Launched> {
  const child = spawn(process.execPath, [join(ROOT, "server/main.ts")], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes("Anima is ready")) resolve();
      });
    }
  });
  await Promise.race([ready, exited, timeLimit()]);
  if (!output.includes("Anima is ready")) {
    await end(child, exited);
    throw new Error(`the server did not start:\n${output}`);
  }
  return { output: () => output, stop: () => end(child, exited) };
}

function timeLimit(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, START_MS).unref());
}

async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  await exited;
}
