import { Client } from "pg";

/** Statements that a test runs on the server's database, past the server. */
export async function query<Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Makes a job that waits for its time due at once. @returns how many there were */
export async function hurry(url: string, task: string): Promise<number> {
  const rows = await query(
    url,
    `UPDATE graphile_worker._private_jobs AS job SET run_at = now()
     FROM graphile_worker._private_tasks AS task
     WHERE task.id = job.task_id AND task.identifier = $1 AND job.run_at > now() AND job.locked_at IS NULL
     RETURNING job.id`,
    [task],
  );
  return rows.length;
}

/** Puts a regular task on the queue now instead of when its minute comes. */
export async function runNow(url: string, task: string): Promise<void> {
  await query(url, "SELECT graphile_worker.add_job($1)", [task]);
}
