import pg from "pg";

const SWEEP_INTERVAL_MS = 5_000;
// A restart of the database takes every worker's lock away at once. Whoever lives has its own again by the second look:
// if its jobs were freed before, its mail would be sent twice.
const SECOND_LOOK_MS = 2_000;
const RECONNECT_MS = 250;
const CONNECT_MS = 10_000;
// A worker takes its first jobs a moment before its lock: its jobs are not looked at until it must have it.
const SETTLE = "5 seconds";

/**
 * Shows that a worker lives by an advisory lock that dies with its connection, and frees the jobs of workers whose lock
 * is gone. The queue by itself would leave the jobs of a killed worker locked for four hours.
 */
export class WorkerPresence {
  readonly #url: string;
  readonly #onError: (error: unknown) => void;
  #client: pg.Client | undefined;
  #poolId = "";
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #sweeping: Promise<void> | undefined;
  /** Workers whose lock was missing at the last look. */
  #missing = new Set<string>();

  constructor(url: string, onError: (error: unknown) => void) {
    this.#url = url;
    this.#onError = onError;
  }

  /** @param poolId the name under which the worker locks jobs */
  async start(poolId: string): Promise<void> {
    this.#poolId = poolId;
    await this.#connect();
    this.#schedule(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
    await this.#client?.end();
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: "anima worker presence",
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
    client.on("error", () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      // A sweep that runs will fail, and then decides itself.
      if (!this.#sweeping) this.#schedule(RECONNECT_MS);
    });
    await client.connect();
    await client.query("SELECT pg_advisory_lock(hashtext('anima worker'), hashtext($1))", [this.#poolId]);
    this.#client = client;
    return client;
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#sweeping = this.#sweep()
        .catch(this.#onError)
        .finally(() => {
          this.#sweeping = undefined;
          this.#schedule(this.#nextDelay());
        });
    }, delayMs);
  }

  #nextDelay(): number {
    if (!this.#client) return RECONNECT_MS;
    return this.#missing.size > 0 ? SECOND_LOOK_MS : SWEEP_INTERVAL_MS;
  }

  async #sweep(): Promise<void> {
    const client = this.#client ?? (await this.#connect());
    const { rows } = await client.query<{ locked_by: string }>(
      `SELECT DISTINCT locked_by FROM graphile_worker.jobs
       WHERE locked_at < now() - interval '${SETTLE}' AND locked_by <> $1`,
      [this.#poolId],
    );
    const missing = new Set<string>();
    for (const { locked_by: poolId } of rows) {
      const lock = [poolId];
      const taken = await client.query<{ dead: boolean }>(
        "SELECT pg_try_advisory_lock(hashtext('anima worker'), hashtext($1)) AS dead",
        lock,
      );
      if (!taken.rows[0]?.dead) continue;
      if (this.#missing.has(poolId)) {
        await client.query("SELECT graphile_worker.force_unlock_workers(ARRAY[$1::text])", lock);
      } else {
        missing.add(poolId);
      }
      await client.query("SELECT pg_advisory_unlock(hashtext('anima worker'), hashtext($1))", lock);
    }
    this.#missing = missing;
  }
}
