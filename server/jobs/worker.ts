import { EventEmitter } from "node:events";
import { Logger, run } from "graphile-worker";
import pg from "pg";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import type { Runtime } from "#server/runtime.ts";
import { WorkerPresence } from "./presence.ts";
import { CRONTAB, createTasks } from "./tasks.ts";

const CONCURRENCY = 10;
const POLL_INTERVAL_MS = 1_000;

export type Worker = { stop(): Promise<void> };

/** Starts the background worker: it lets running jobs end when it stops, and frees the jobs of workers that died. */
export async function startWorker(runtime: Runtime, databaseUrl: string, mail: MailGateway): Promise<Worker> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONCURRENCY + 2, application_name: "anima worker" });
  const lost = (err: Error) => runtime.log.warn({ err }, "a worker's connection was lost");
  pool.on("error", lost);
  // The queue wants to know that a connection's errors are handled also while it is in use.
  pool.on("connect", (client) => client.on("error", lost));
  const presence = new WorkerPresence(databaseUrl, (err) =>
    runtime.log.warn({ err }, "the worker's presence is unknown"),
  );
  const events = new EventEmitter();
  const announced = new Promise<string>((resolve) => {
    events.once("pool:create", ({ workerPool }: { workerPool: { id: string } }) => resolve(workerPool.id));
  });
  const runner = await run({
    pgPool: pool,
    taskList: createTasks(runtime, mail),
    crontab: CRONTAB,
    concurrency: CONCURRENCY,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    events,
    logger: new Logger(() => (level, message, meta) => {
      // The queue's own words for a failed job hold the error; the payload is never logged.
      if (level === "error" || level === "warning") runtime.log.warn({ err: meta?.error }, `queue: ${message}`);
    }),
  });
  await presence.start(await announced);
  runner.promise.catch((err) => runtime.log.error({ err }, "the worker ended"));
  return {
    async stop() {
      await runner.stop();
      await presence.stop();
      await pool.end();
    },
  };
}
