import type pg from "pg";
import { leafHash, TreeEdge } from "./merkle.ts";
import { type EventRecord, parseRecord } from "./record.ts";

const BATCH = 2_000;
export const LOG_CHANNEL = "anima_log";
// pg_notify takes at most 8,000 bytes.
const NOTIFY_ORGS = 150;

type PendingRow = {
  n: string;
  org_id: string;
  event_id: string;
  ts: Date;
  record: string;
  task: string | null;
  payload: unknown;
};
type Sequenced = { orgId: string; seq: bigint; eventId: string; ts: Date; leaf: Buffer; record: EventRecord };

/**
 * Gives pending events their organisation's next numbers, adds their leaves to its tree, queues the jobs that follow
 * from them, and notifies once, all in one transaction.
 * Safe to run from any number of processes: the advisory lock makes them take turns.
 *
 * @param whenBusy what to do while another process sequences: wait for the turn, or leave it to that one
 * @returns how many events were sequenced, and whether more may wait
 */
export async function sequenceBatch(
  pool: pg.Pool,
  whenBusy: "wait" | "leave",
): Promise<{ sequenced: number; more: boolean }> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query("BEGIN");
    if (!(await takeTurn(client, whenBusy))) {
      await client.query("ROLLBACK");
      return { sequenced: 0, more: false };
    }
    const pending = await client.query<PendingRow>({
      name: "sequencer-pending",
      text: `SELECT p.n, p.org_id, p.event_id, p.ts, e.record, p.task, p.payload
        FROM (SELECT * FROM event_pending ORDER BY n LIMIT ${BATCH}) p
        JOIN event e ON e.org_id = p.org_id AND e.id = p.event_id AND e.ts = p.ts
        ORDER BY p.n`,
    });
    if (pending.rows.length > 0) await sequence(client, pending.rows);
    await client.query("COMMIT");
    return { sequenced: pending.rows.length, more: pending.rows.length === BATCH };
  } catch (error) {
    broken = true;
    throw error;
  } finally {
    client.release(broken);
  }
}

async function takeTurn(client: pg.PoolClient, whenBusy: "wait" | "leave"): Promise<boolean> {
  const lock = "hashtext('anima sequencer')";
  if (whenBusy === "wait") {
    await client.query(`SELECT pg_advisory_xact_lock(${lock})`);
    return true;
  }
  const result = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_xact_lock(${lock}) AS taken`);
  return result.rows[0]?.taken === true;
}

async function sequence(client: pg.PoolClient, rows: PendingRow[]): Promise<void> {
  const orgIds = [...new Set(rows.map((row) => row.org_id))];
  const edges = await loadEdges(client, orgIds);
  const sequenced: Sequenced[] = rows.map((row) => {
    const edge = edges.get(row.org_id) as TreeEdge;
    const leaf = leafHash(row.record);
    const seq = edge.size;
    edge.add(leaf);
    return { orgId: row.org_id, seq, eventId: row.event_id, ts: row.ts, leaf, record: parseRecord(row.record) };
  });
  await client.query({
    name: "sequencer-insert",
    text: `INSERT INTO event_sequence
        (org_id, seq, event_id, ts, leaf_hash, channel, event, result, agent_id, correlation_id, request_id)
      SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::bytea[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[])`,
    values: [
      sequenced.map((event) => event.orgId),
      sequenced.map((event) => event.seq),
      sequenced.map((event) => event.eventId),
      sequenced.map((event) => event.ts),
      sequenced.map((event) => event.leaf),
      sequenced.map((event) => event.record.channel),
      sequenced.map((event) => event.record.event),
      sequenced.map((event) => event.record.result),
      sequenced.map((event) => event.record.agentId),
      sequenced.map((event) => event.record.correlationId),
      sequenced.map((event) => event.record.requestId),
    ],
  });
  await client.query({
    name: "sequencer-tree",
    text: `INSERT INTO event_tree (org_id, size, frontier)
      SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[])
      ON CONFLICT (org_id) DO UPDATE SET size = excluded.size, frontier = excluded.frontier`,
    values: [orgIds, orgIds.map((id) => edges.get(id)?.size), orgIds.map((id) => edges.get(id)?.frontier)],
  });
  await queueJobs(client, rows);
  await client.query({
    name: "sequencer-clear",
    text: "DELETE FROM event_pending WHERE n = ANY($1::bigint[])",
    values: [rows.map((row) => row.n)],
  });
  for (let at = 0; at < orgIds.length; at += NOTIFY_ORGS) {
    const sizes = orgIds.slice(at, at + NOTIFY_ORGS).map((id) => [id, Number(edges.get(id)?.size)]);
    await client.query({
      name: "sequencer-notify",
      text: "SELECT pg_notify($1, $2)",
      values: [LOG_CHANNEL, JSON.stringify(sizes)],
    });
  }
}

/** Queues the jobs that follow from the events. Their workers retry by their own rules, up to this many times. */
async function queueJobs(client: pg.PoolClient, rows: PendingRow[]): Promise<void> {
  const jobs = rows.filter((row) => row.task !== null);
  if (jobs.length === 0) return;
  await client.query({
    name: "sequencer-jobs",
    text: `SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
        SELECT (task, payload, NULL, NULL, 25, NULL, 0, NULL)::graphile_worker.job_spec
        FROM unnest($1::text[], $2::json[]) AS job (task, payload)
      ))`,
    values: [jobs.map((job) => job.task), jobs.map((job) => JSON.stringify(job.payload))],
  });
}

async function loadEdges(client: pg.PoolClient, orgIds: string[]): Promise<Map<string, TreeEdge>> {
  const heads = await client.query<{ org_id: string; size: string; frontier: Buffer }>({
    name: "sequencer-heads",
    text: "SELECT org_id, size, frontier FROM event_tree WHERE org_id = ANY($1::text[])",
    values: [orgIds],
  });
  const edges = new Map(orgIds.map((id) => [id, new TreeEdge(0n, Buffer.alloc(0))]));
  for (const head of heads.rows) edges.set(head.org_id, new TreeEdge(BigInt(head.size), head.frontier));
  return edges;
}

const BUSY_INTERVAL_MS = 25;
const IDLE_INTERVAL_MS = 100;

/**
 * Sequences what an organisation has appended so far, so that a read shows every write that was answered before. What is
 * appended meanwhile is left: an organisation that never stops would keep its readers waiting.
 */
export async function sequencePending(pool: pg.Pool, orgId: string): Promise<void> {
  const { rows } = await pool.query<{ newest: string | null }>({
    name: "pending-newest",
    text: "SELECT max(n) AS newest FROM event_pending WHERE org_id = $1",
    values: [orgId],
  });
  const newest = rows[0]?.newest ?? null;
  if (newest === null) return;
  const older = {
    name: "pending-older",
    text: "SELECT 1 FROM event_pending WHERE org_id = $1 AND n <= $2 LIMIT 1",
    values: [orgId, newest],
  };
  do await sequenceBatch(pool, "wait");
  while ((await pool.query(older)).rows.length > 0);
}

/** The loop that sequences. Every worker runs one; the advisory lock elects whose turn it is. */
export class Sequencer {
  readonly #pool: pg.Pool;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(pool: pg.Pool, onError: (error: unknown) => void) {
    this.#pool = pool;
    this.#onError = onError;
  }

  start(): void {
    this.#schedule(0);
  }

  /** Lets the current batch end. Events that are still pending are sequenced by the next process that runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, delayMs);
  }

  async #run(): Promise<void> {
    let delay = IDLE_INTERVAL_MS;
    try {
      const { sequenced, more } = await sequenceBatch(this.#pool, "leave");
      if (sequenced > 0) delay = more ? 0 : BUSY_INTERVAL_MS;
    } catch (error) {
      this.#onError(error);
      delay = 1_000;
    }
    this.#schedule(delay);
  }
}
