import { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Logger, run, type TaskList } from "graphile-worker";
import pg from "pg";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { MAX_DELIVERIES, MAX_SYSTEM_MAILS } from "#server/gateways/mail.ts";
import type { Runtime } from "#server/runtime.ts";
import { WorkerPresence } from "./presence.ts";
import { CRONTAB, createTasks, type Lane, laneOf } from "./tasks.ts";

/** How many tasks of a lane run at once. */
const CONCURRENCY: Record<Lane, number> = {
  "foreign mail": MAX_DELIVERIES,
  "own mail": 4,
  "system mail": MAX_SYSTEM_MAILS,
  rest: 10,
};
const LANES = Object.keys(CONCURRENCY) as Lane[];
// A task that runs holds none: they are for taking tasks and ending them, and one of each runner for listening.
const CONNECTIONS = 16;
const POLL_INTERVAL_MS = 1_000;
const CONNECT_MS = 10_000;
const RESTART_MS = 1_000;
// How long a runner that failed may take to stop before another one takes its place.
const FAILED_STOP_MS = 3_000;

export type Worker = { stop(): Promise<void> };

/**
 * Starts the background worker, a runner for each lane: it lets running jobs end when it stops, and frees the jobs of
 * workers that died.
 * The queue's runner gives up when it cannot write that a job is done; another one then takes its place, as soon as
 * the database is back.
 */
export async function startWorker(runtime: Runtime, databaseUrl: string, mail: MailGateway): Promise<Worker> {
  const { log } = runtime;
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: CONNECTIONS,
    application_name: "anima worker",
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  const stopping = new AbortController();
  const lost = (err: Error) => {
    // The database may stop while the last connections are being closed.
    if (!stopping.signal.aborted) log.warn({ err }, "a worker's connection was lost");
  };
  pool.on("error", lost);
  // The queue wants to know that a connection's errors are handled also while it is in use.
  pool.on("connect", (client) => client.on("error", lost));
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener("abort", () => resolve()));

  async function keepRunning(first: Running, start: () => Promise<Running>): Promise<void> {
    let running: Running | null = first;
    for (;;) {
      await Promise.race([running?.ended, stopped]);
      await running?.end();
      if (stopping.signal.aborted) return;
      log.warn("the worker ended and is started again");
      await Promise.race([delay(RESTART_MS), stopped]);
      running = await start().catch((err) => {
        log.warn({ err }, "the worker could not be started");
        return null;
      });
    }
  }
  const tasks = Object.entries(createTasks(runtime, mail));
  const kept: Promise<void>[] = [];
  for (const lane of LANES) {
    const taskList = Object.fromEntries(tasks.filter(([task]) => laneOf(task) === lane));
    const start = () => startRunner(runtime, { databaseUrl, pool, lane, taskList });
    kept.push(keepRunning(await start(), start));
  }

  return {
    async stop() {
      stopping.abort();
      await Promise.all(kept);
      await pool.end();
    },
  };
}

type Running = { ended: Promise<void>; end(): Promise<void> };
type Parts = { databaseUrl: string; pool: pg.Pool; lane: Lane; taskList: TaskList };

async function startRunner(runtime: Runtime, { databaseUrl, pool, lane, taskList }: Parts): Promise<Running> {
  const { log } = runtime;
  const presence = new WorkerPresence(databaseUrl, (err) => log.warn({ err }, "the worker's presence is unknown"));
  const events = new EventEmitter();
  const announced = new Promise<string>((resolve) => {
    events.once("pool:create", ({ workerPool }: { workerPool: { id: string } }) => resolve(workerPool.id));
  });
  const failed = new Promise<void>((resolve) => events.once("pool:fatalError", () => resolve()));
  const runner = await run({
    pgPool: pool,
    taskList,
    // One of them is enough. The others must not look for a file of that name.
    ...(lane === "rest" ? { crontab: CRONTAB } : { parsedCronItems: [] }),
    concurrency: CONCURRENCY[lane],
    pollInterval: POLL_INTERVAL_MS,
    // In batches the end of a job is written by code that handles its errors; one by one, a lost database would be an
    // unhandled rejection, which ends the process.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    noHandleSignals: true,
    events,
    logger: new Logger(() => (level, message, meta) => {
      // The queue's own words for a failed job hold the error; the payload is never logged.
      if (level === "error" || level === "warning") log.warn({ err: meta?.error }, `queue: ${message}`);
    }),
  });
  const finished = runner.promise.catch((err) => log.warn({ err }, "the queue's runner failed"));
  const ended = Promise.race([finished, failed]);
  const end = async () => {
    const stopped = runner.stop().catch(() => {
      // It is stopping already.
    });
    // One that failed may never finish (graphile-worker 0.17 miscounts the ends of jobs that it could not write).
    await Promise.race([stopped.then(() => finished), failed.then(() => delay(FAILED_STOP_MS))]);
    // Frees the jobs that it could not let go of.
    await presence.stop();
  };
  try {
    await presence.start(await announced);
  } catch (error) {
    await end();
    throw error;
  }
  return { ended, end };
}
