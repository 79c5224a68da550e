import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMigrations } from "graphile-worker";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { migrate } from "#server/platform/migrate.ts";
import { freePort } from "../test/support/free-port.ts";
import { measureStream } from "./stream-latency.ts";
import { median, ratePerSecond, type Target } from "./support/load.ts";
import { type Running, startProgram } from "./support/processes.ts";
import { type Sender, seedSenders } from "./support/seed.ts";

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
/** A regular expression of the cases to measure, and nothing else: many short rounds of few cases on a busy machine. */
const ONLY = process.env.BENCH_ONLY ? new RegExp(process.env.BENCH_ONLY) : null;
const ORGANISATIONS = 64;
const MAIL = { to: "human@example.com", subject: "Hello", body: "From an agent. ".repeat(10) };

type Case = { name: string; target: () => Target | Promise<Target> };

/**
 * Accepted sends per second, with and without caps, of many organisations and of one, beside the yardstick on the same
 * database, a no-op through the production server and through
 * Next, and the latency of the stream. Ratios of medians: absolute numbers are this machine's at this moment.
 */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "anima-bench-"));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "data"), onProgress: () => {} });
  const running: Running[] = [];
  try {
    await migrate({
      databaseUrl: postgres.url,
      migrationsDir: join(import.meta.dirname, "../prisma/migrations"),
      onProgress: () => {},
    });
    await runMigrations({ connectionString: postgres.url });
    const env = {
      NODE_ENV: "production",
      DATABASE_URL: postgres.url,
      DATA_DIR: join(folder, "anima"),
      LOG_LEVEL: "warn",
      SMTP_PORT: "0",
    };
    const ports = {
      anima: await freePort(),
      worker: await freePort(),
      next: await freePort(),
      bare: await freePort(),
      jobs: await freePort(),
    };
    running.push(
      await startProgram(
        ["server/main.ts"],
        { ...env, ROLES: "web", PORT: String(ports.anima) },
        at(ports.anima, "/readyz"),
      ),
    );
    running.push(await startProgram(["bench/yardstick.ts", postgres.url, String(ports.bare)], {}, at(ports.bare)));
    running.push(
      await startProgram(["bench/yardstick.ts", postgres.url, String(ports.jobs), "add_job"], {}, at(ports.jobs)),
    );
    running.push(
      await startProgram(
        ["node_modules/next/dist/bin/next", "start", "-p", String(ports.next), "-H", "127.0.0.1"],
        { ...env, PORT: String(ports.next) },
        at(ports.next, "/v1/orgs/me"),
      ),
    );

    const many = await seedSenders(postgres.url, ORGANISATIONS);
    const manyCapped = await seedSenders(postgres.url, ORGANISATIONS, true);
    // A new organisation each time: one may make 60,000 requests a minute.
    const one = () => seedSenders(postgres.url, 1);
    const capped = () => seedSenders(postgres.url, 1, true);
    const cases: Case[] = [
      { name: "yardstick, many organisations", target: () => sendAll(ports.bare, many) },
      { name: "send, many organisations", target: () => sendAll(ports.anima, many) },
      { name: "send, many capped organisations", target: () => sendAll(ports.anima, manyCapped) },
      { name: "yardstick, one organisation", target: async () => sendAll(ports.bare, await one()) },
      { name: "send, one organisation", target: async () => sendAll(ports.anima, await one()) },
      { name: "send, one capped organisation", target: async () => sendAll(ports.anima, await capped()) },
      { name: "yardstick with add_job in the statement", target: () => sendAll(ports.jobs, many) },
      { name: "orgs/me, production server", target: () => askAll(ports.anima, many) },
      { name: "orgs/me, Next route handler", target: () => askAll(ports.next, many) },
    ];
    const wanted = cases.filter(({ name }) => ONLY === null || ONLY.test(name));
    const rates = await measure(wanted);
    report(wanted, rates);
    if (ONLY) return;

    running.push(
      await startProgram(
        ["server/main.ts"],
        { ...env, ROLES: "worker", PORT: String(ports.worker) },
        at(ports.worker, "/readyz"),
      ),
    );
    await measureStream(at(ports.anima), many[0] as Sender);
  } finally {
    for (const program of running.toReversed()) await program.stop();
    await postgres.stop();
    await rm(folder, { recursive: true });
  }
}

const at = (port: number, path = "") => `http://127.0.0.1:${port}${path}`;

/** A mail from each sender. The yardstick reads from the body whose it is; the server takes the same of the key. */
function sendAll(port: number, senders: Sender[]): Target {
  return {
    url: at(port, "/v1/email/send"),
    method: "POST",
    requests: senders.map((sender) => ({
      headers: { "content-type": "application/json", authorization: `Bearer ${sender.key}` },
      body: JSON.stringify({ ...MAIL, orgId: sender.orgId, agentId: sender.agentId }),
    })),
  };
}

/** The no-op from each sender. */
function askAll(port: number, senders: Sender[]): Target {
  return {
    url: at(port, "/v1/orgs/me"),
    requests: senders.map((sender) => ({ headers: { authorization: `Bearer ${sender.key}` } })),
  };
}

/** Rounds of all cases in turn, so that a slow moment of the machine meets all of them. The first round only warms up. */
async function measure(cases: Case[]): Promise<Map<string, number>> {
  const rates = new Map(cases.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, target } of cases) {
      const rate = await ratePerSecond(await target(), round === 0 ? 2 : SECONDS);
      if (round > 0) rates.get(name)?.push(rate);
    }
  }
  return new Map([...rates].map(([name, values]) => [name, median(values)]));
}

function report(cases: Case[], rates: Map<string, number>): void {
  const rate = (name: string) => rates.get(name) ?? Number.NaN;
  for (const { name } of cases) process.stdout.write(`${name.padEnd(44)}${rate(name).toFixed(0).padStart(8)} /s\n`);
  const ratio = (text: string, a: string, b: string, goal: string) => {
    if (!rates.has(a) || !rates.has(b)) return;
    process.stdout.write(`${text.padEnd(44)}${(rate(a) / rate(b)).toFixed(2).padStart(8)}    goal: ${goal}\n`);
  };
  process.stdout.write("\n");
  ratio(
    "send / yardstick, many organisations",
    "send, many organisations",
    "yardstick, many organisations",
    "0.5 or more",
  );
  ratio("send / yardstick, one organisation", "send, one organisation", "yardstick, one organisation", "0.5 or more");
  ratio(
    "send: one capped organisation / many capped",
    "send, one capped organisation",
    "send, many capped organisations",
    "0.7 or more",
  );
  ratio(
    "send: one capped organisation / many",
    "send, one capped organisation",
    "send, many organisations",
    "0.7 or more",
  );
  ratio(
    "send, one capped / yardstick, one",
    "send, one capped organisation",
    "yardstick, one organisation",
    "0.5 or more",
  );
  ratio("orgs/me: production / Next", "orgs/me, production server", "orgs/me, Next route handler", "8 or more");
  ratio(
    "yardstick: job in the statement / without",
    "yardstick with add_job in the statement",
    "yardstick, many organisations",
    "why the sequencer queues the jobs",
  );
}

await main();
