import type pg from "pg";
import type { Transaction } from "#server/platform/database.ts";

/**
 * Puts a background task on the queue, in the caller's transaction: it runs if and only if that commits.
 *
 * @param task the task's name, as the worker knows it
 * @param options.maxAttempts tries with exponential backoff; 25 take about three days
 * @param options.runAt not before this instant
 * @param options.jobKey a waiting job with the same key is replaced by this one
 */
export async function enqueue(
  tx: Transaction,
  task: string,
  payload: Record<string, unknown>,
  options: { maxAttempts?: number; runAt?: Date; jobKey?: string } = {},
): Promise<void> {
  await tx.$queryRaw`SELECT graphile_worker.add_job(
    ${task}::text,
    payload := ${JSON.stringify(payload)}::json,
    run_at := ${options.runAt ?? null}::timestamptz,
    max_attempts := ${options.maxAttempts ?? 25}::integer,
    job_key := ${options.jobKey ?? null}::text
  )::text`;
}

/** When the waiting job with this key is due; null where none waits. */
export async function scheduledAt(pool: pg.Pool, jobKey: string): Promise<Date | null> {
  const { rows } = await pool.query<{ run_at: Date }>("SELECT run_at FROM graphile_worker.jobs WHERE key = $1", [
    jobKey,
  ]);
  return rows[0]?.run_at ?? null;
}
