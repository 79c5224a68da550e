import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { appendFile, chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { endOf, reportOf, type Started, spawnPostgres, startedIn } from "../../test/support/postgres-process.ts";
import { waitFor } from "../../test/support/wait.ts";
import { identifyProcess } from "./embedded-postgres/process-identity.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";

let folder: string;
let dataDir: string;
let running: EmbeddedPostgres[];
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-postgres-"));
  await chmod(folder, 0o755);
  dataDir = join(folder, "data");
  running = [];
  children = [];
});

afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  for (const child of children) await endOf(child);
  await rm(folder, { recursive: true });
});

async function start(options: { shutdownMs?: number } = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, onProgress: () => {}, ...options });
  running.push(postgres);
  return postgres;
}

/** Another process that starts on the same folder. */
function startElsewhere(): ChildProcess {
  const child = spawnPostgres({ dataDir });
  children.push(child);
  return child;
}

async function startedElsewhere(): Promise<{ child: ChildProcess; started: Started }> {
  const child = startElsewhere();
  return { child, started: await startedIn(child) };
}

async function killed(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

async function query(url: string, sql: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  return await client.query(sql).finally(() => client.end());
}

/** The `note` of every row that `remember` stored. */
async function memories(url: string): Promise<string[]> {
  return (await query(url, "SELECT note FROM memory")).rows.map((row) => row.note);
}

async function remember(url: string, note: string): Promise<void> {
  await query(url, "CREATE TABLE IF NOT EXISTS memory (note text)");
  await query(url, `INSERT INTO memory VALUES ('${note}')`);
}

async function postmasterPid(dataDirectory: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDirectory, "postmaster.pid"), "utf8"), 10);
}

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe("a first and a second start", () => {
  test("keep the data, and the second is fast", async () => {
    const began = performance.now();
    const first = await start();
    const firstTook = performance.now() - began;
    expect(first.dataDirectory).toBe(join(dataDir, "postgres"));
    expect(first.relocatedBecause).toBeNull();
    await remember(first.url, "kept");
    await first.stop();

    const before = performance.now();
    const second = await start();
    expect(performance.now() - before).toBeLessThan(firstTook);
    expect(second.url).toBe(first.url);
    expect(await memories(second.url)).toEqual(["kept"]);
  });

  test("give a durable UTF-8 server that only this machine and the password can reach", async () => {
    const { url, dataDirectory } = await start();
    const settings = await query(
      url,
      "SELECT name, setting FROM pg_settings WHERE name IN " +
        "('fsync', 'synchronous_commit', 'listen_addresses', 'unix_socket_directories', 'server_encoding')",
    );
    expect(Object.fromEntries(settings.rows.map((row) => [row.name, row.setting]))).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      server_encoding: "UTF8",
    });
    const wrong = new URL(url);
    wrong.password = "guess";
    await expect(query(wrong.href, "SELECT 1")).rejects.toThrow(/password authentication failed/);
    expect(await modeOf(join(dataDir, "postgres-password"))).toBe("600");
    expect(await modeOf(dataDirectory)).toBe("700");
    expect(await readFile(join(dataDir, "postgres-password"), "utf8")).toBe(new URL(url).password);
  });

  test("keep the log of this start and of the last one only, without rows of the database", async () => {
    const first = await start();
    await remember(first.url, "secret");
    await expect(query(first.url, "SELECT 'secret'::int")).rejects.toThrow();
    await first.stop();
    await appendFile(join(dataDir, "postgres.log"), "end of the first log\n");
    await (await start()).stop();
    expect(await readFile(join(dataDir, "postgres.log.1"), "utf8")).toContain("end of the first log");
    expect(await readFile(join(dataDir, "postgres.log"), "utf8")).not.toContain("end of the first log");
    expect(await readFile(join(dataDir, "postgres.log.1"), "utf8")).not.toContain("secret");
    expect(await modeOf(join(dataDir, "postgres.log"))).toBe("600");
  });

  test("take another port where the last one is in use, and remember it", async () => {
    const first = await start();
    await first.stop();
    const intruder = createServer().listen(Number(new URL(first.url).port), "127.0.0.1");
    await once(intruder, "listening");

    const second = await start();
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    await second.stop();
    intruder.close();
    expect((await start()).url).toBe(second.url);
  });
});

describe("stop", () => {
  test("ends open transactions, and may be called twice", async () => {
    const postgres = await start();
    const client = new Client({ connectionString: postgres.url });
    client.on("error", () => {});
    await client.connect();
    await client.query("BEGIN");
    await Promise.all([postgres.stop(), postgres.stop()]);
    await postgres.exited;
    await expect(query(postgres.url, "SELECT 1")).rejects.toThrow(/ECONNREFUSED/);
    await client.end();
  });

  test("is cut short where PostgreSQL does not end in time, and loses nothing", async () => {
    const postgres = await start({ shutdownMs: 100 });
    await remember(postgres.url, "kept");
    const client = new Client({ connectionString: postgres.url });
    client.on("error", () => {});
    await client.connect();
    const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
    // A process that is halted can follow no request.
    process.kill(rows[0].pid, "SIGSTOP");
    await postgres.stop();
    await client.end();
    expect(await memories((await start()).url)).toEqual(["kept"]);
  });
});

describe("after a kill", () => {
  test("of Anima: its PostgreSQL is found, stopped and started anew with all that was committed", async () => {
    const { child, started } = await startedElsewhere();
    await remember(started.url, "kept");
    const orphan = await postmasterPid(started.dataDirectory);
    await killed(child);
    expect(await memories(started.url)).toEqual(["kept"]);

    const { url, dataDirectory } = await start();
    expect(await memories(url)).toEqual(["kept"]);
    expect(await postmasterPid(dataDirectory)).not.toBe(orphan);
    expect(await identifyProcess(orphan)).toBeNull();
  });

  test("of PostgreSQL: its end is noticed, and the next start recovers", async () => {
    const postgres = await start();
    await remember(postgres.url, "kept");
    process.kill(await postmasterPid(postgres.dataDirectory), "SIGKILL");
    await postgres.exited;
    expect(await memories((await start()).url)).toEqual(["kept"]);
  });

  test("of both at once, with the pid given to another program since: the next start recovers", async () => {
    const { child, started } = await startedElsewhere();
    await remember(started.url, "kept");
    const pidFile = join(started.dataDirectory, "postmaster.pid");
    const lockFile = join(dataDir, "postgres.lock");
    const [pids, lock] = [await readFile(pidFile, "utf8"), await readFile(lockFile, "utf8")];
    process.kill(await postmasterPid(started.dataDirectory), "SIGKILL");
    await killed(child);
    // As after a reboot: both numbers belong to a living process, this one.
    await writeFile(pidFile, pids.replace(/^\d+/, String(process.pid)));
    await writeFile(lockFile, JSON.stringify({ ...JSON.parse(lock), pid: process.pid }));

    expect(await memories((await start()).url)).toEqual(["kept"]);
  });

  test("while the cluster was being made: the next start makes it whole and clears up", async () => {
    const child = startElsewhere();
    const unfinished = async () => {
      const names = existsSync(dataDir) ? await readdir(dataDir) : [];
      const name = names.find((each) => each.startsWith("postgres-unfinished-"));
      expect(name && existsSync(join(dataDir, name, "cluster"))).toBe(true);
    };
    await waitFor(unfinished, { interval: 5 });
    await killed(child);
    expect(existsSync(join(dataDir, "postgres"))).toBe(false);

    await remember((await start()).url, "works");
    expect((await readdir(dataDir)).filter((name) => name.includes("unfinished"))).toEqual([]);
  });
});

describe("two Animas on one data folder", () => {
  test("the second is refused with the pid of the first, which goes on undisturbed", async () => {
    const { child, started } = await startedElsewhere();
    await remember(started.url, "kept");
    await expect(start()).rejects.toThrow(`Another Anima works on the data folder ${dataDir}: process ${child.pid}.`);
    expect(await memories(started.url)).toEqual(["kept"]);
  });

  test("of two that start at the same moment one wins", async () => {
    const reports = await Promise.all([startElsewhere(), startElsewhere()].map(reportOf));
    expect(reports.filter((report) => "url" in report)).toHaveLength(1);
    expect(reports.filter((report) => "problem" in report)).toMatchObject([
      { problem: expect.stringContaining("Another Anima") },
    ]);
  });
});

describe("a data folder that cannot be used", () => {
  test("a cluster of another major version is refused and left alone", async () => {
    const { dataDirectory, stop } = await start();
    await stop();
    await writeFile(join(dataDirectory, "PG_VERSION"), "15\n");
    await expect(start()).rejects.toMatchObject({
      message: expect.stringContaining("was made by PostgreSQL 15"),
      remedy: expect.stringContaining("pg_dump"),
    });
    await writeFile(join(dataDirectory, "PG_VERSION"), "18\n");
    await start();
  });

  test("a lost password file and foreign files in the cluster's place are named", async () => {
    const { dataDirectory, stop } = await start();
    await stop();
    await rm(join(dataDir, "postgres-password"));
    await expect(start()).rejects.toThrow(/password of the database .* is missing/);
    await rm(join(dataDirectory, "PG_VERSION"));
    await expect(start()).rejects.toThrow(/is no database of PostgreSQL/);
  });

  test("a file in the place of the folder is named", async () => {
    await writeFile(dataDir, "");
    await expect(start()).rejects.toThrow(`The data folder ${dataDir} cannot be created (EEXIST).`);
  });
});
