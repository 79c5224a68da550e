import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { waitUntil } from "../../test/support/wait.ts";
import { WorkerPresence } from "./presence.ts";

let app: TestApp;
let presence: WorkerPresence;
beforeAll(async () => {
  app = await startTestApp();
  presence = new WorkerPresence(app.databaseUrl, () => {});
});
afterAll(async () => {
  await presence.stop();
  await app.close();
});

const LOCK = "hashtext('anima worker'), hashtext($1)";

async function rowsOf(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await app.runtime.db.pool.query(sql, values)).rows;
}

/** Leaves a job on the queue that the worker has begun a while ago. */
async function beginJob(worker: string): Promise<void> {
  await rowsOf("SELECT graphile_worker.add_job('deliver-email', job_key := $1)::text", [worker]);
  await rowsOf(
    "UPDATE graphile_worker._private_jobs SET locked_by = $1, locked_at = now() - interval '1 minute' WHERE key = $1",
    [worker],
  );
}

async function holderOf(job: string): Promise<unknown> {
  const [row] = await rowsOf("SELECT locked_by FROM graphile_worker.jobs WHERE key = $1", [job]);
  return row?.locked_by;
}

/** The backend of the presence under test, and what it has asked last. */
async function backend(): Promise<Record<string, unknown> | undefined> {
  const [row] = await rowsOf(`SELECT pid, query, state FROM pg_stat_activity
    WHERE application_name = 'anima worker presence' AND datname = current_database()`);
  return row;
}

it("frees the jobs of a worker that is dead, but not of one that has its lock back at the second look", async () => {
  await beginJob("dead");
  await beginJob("revived");
  await presence.start("self");
  // The first look has ended, and has found neither of them.
  await waitUntil(async () => {
    const now = await backend();
    return now?.state === "idle" && String(now.query).includes("pg_advisory_unlock");
  });
  const revived = new pg.Client(app.databaseUrl);
  await revived.connect();
  await revived.query(`SELECT pg_advisory_lock(${LOCK})`, ["revived"]);
  await waitUntil(async () => (await holderOf("dead")) === null);
  expect(await holderOf("revived")).toBe("revived");
  await revived.end();
});

it("has its own lock back before anybody looks twice, when its connection was cut", async () => {
  const before = await backend();
  await rowsOf("SELECT pg_terminate_backend($1)", [before?.pid]);
  const isHeld = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = hashtext('self')::oid";
  await waitUntil(async () => (await rowsOf(isHeld)).length === 0 || (await backend())?.pid !== before?.pid);
  await waitUntil(async () => (await rowsOf(isHeld)).length === 1, { timeout: 4_000 });
});
