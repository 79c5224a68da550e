import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "#server/platform/config.ts";
import { startEmbeddedPostgres } from "#server/platform/embedded-postgres.ts";
import { openRuntime } from "#server/runtime.ts";
import { type Caller, converse, createCaller } from "../test/support/caller.ts";
import { freePort } from "../test/support/free-port.ts";
import { memoryOf } from "./support/inspector.ts";
import { type Running, startProgram } from "./support/processes.ts";

const ROUNDS = 4;
const ORGANISATIONS = 40;
/** So many may be dialled in a second. */
const CALLS_OF_EACH = 5;
/** Noon in New York: whatever the hour, everybody may be called. */
const CLOCK = { now: "2026-11-24T17:00:00Z", frozen: false };

/**
 * Rounds of 200 sandbox calls at once with live transcripts on two processes, and what both hold in memory after each,
 * garbage collected. The first rounds fill what is kept on purpose (compiled code, caches, statements); from the middle on
 * nothing may grow.
 */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "anima-bench-"));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, "data"), onProgress: () => {} });
  const running: Running[] = [];
  try {
    const masterKey = `mk_${"bench000".repeat(5)}`;
    const env = {
      NODE_ENV: "production",
      DATABASE_URL: postgres.url,
      DATA_DIR: join(folder, "anima"),
      LOG_LEVEL: "warn",
      SMTP_PORT: "0",
      ROLES: "worker",
      INIT_ORG_NAME: "Bench",
      INIT_MASTER_KEY: masterKey,
      INIT_TIER: "ENTERPRISE",
    };
    const servers: { url: string; inspector: number }[] = [];
    for (let count = 0; count < 2; count++) {
      const [port, inspector] = [await freePort(), await freePort()];
      const url = `http://127.0.0.1:${port}`;
      const args = [`--inspect=127.0.0.1:${inspector}`, "server/main.ts"];
      running.push(await startProgram(args, { ...env, PORT: String(port) }, `${url}/readyz`));
      servers.push({ url, inspector });
    }
    const [first, second] = servers as [(typeof servers)[0], (typeof servers)[0]];
    const headers = { authorization: `Bearer ${masterKey}`, "content-type": "application/json" };
    const set = await fetch(`${first.url}/v1/sandbox/clock`, { method: "PUT", headers, body: JSON.stringify(CLOCK) });
    if (!set.ok) throw new Error(`the clock was not set: ${await set.text()}`);

    const config = readConfig({ DATA_DIR: env.DATA_DIR, LOG_LEVEL: "silent", MAIL_DOMAIN: "agents.test" });
    const runtime = await openRuntime(config, postgres.url);
    const memory: { heapMb: number; residentMb: number }[] = [];
    try {
      const callers: Caller[] = [];
      for (let index = 0; index < ORGANISATIONS; index++) {
        callers.push(await createCaller(runtime, index % 2 ? second.url : first.url, `Caller ${index}`));
      }
      for (let round = 0; round < ROUNDS; round++) {
        const begun = performance.now();
        await Promise.all(
          callers.flatMap((caller, index) =>
            Array.from({ length: CALLS_OF_EACH }, (_, line) =>
              converse(caller, index % 2 ? first.url : second.url, numberOf(round * CALLS_OF_EACH + line)),
            ),
          ),
        );
        const seconds = (performance.now() - begun) / 1_000;
        const each = await Promise.all(servers.map(({ inspector }) => memoryOf(inspector)));
        const sum = {
          heapMb: each.reduce((total, { heapMb }) => total + heapMb, 0),
          residentMb: each.reduce((total, { residentMb }) => total + residentMb, 0),
        };
        memory.push(sum);
        const held = `heap ${sum.heapMb.toFixed(0)} MB, resident ${sum.residentMb.toFixed(0)} MB (both processes)`;
        process.stdout.write(`200 calls, round ${round + 1}: ${seconds.toFixed(1)} s, then ${held}\n`);
      }
      for (const { client } of callers) client.close();
    } finally {
      await runtime.close();
    }
    const growth = (memory.at(-1)?.heapMb ?? Number.NaN) / (memory[ROUNDS / 2 - 1]?.heapMb ?? Number.NaN);
    process.stdout.write(
      `heap after round ${ROUNDS} / after round ${ROUNDS / 2}`.padEnd(44) +
        `${growth.toFixed(2).padStart(8)}    goal: 1.05 or less\n`,
    );
  } finally {
    for (const program of running.toReversed()) await program.stop();
    await postgres.stop();
    await rm(folder, { recursive: true });
  }
}

/** One of the sandbox's numbers that a person answers. */
const numberOf = (line: number) => `+1212555${String(100 + line).padStart(4, "0")}`;

await main();
