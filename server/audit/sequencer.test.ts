import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { appendCall, appendParameters } from "./append.ts";
import { listEvents, logSize } from "./list.ts";
import { leafHash, TreeEdge } from "./merkle.ts";
import { type EventInput, prepareEvent } from "./record.ts";
import { LOG_CHANNEL, Sequencer, sequenceBatch, sequencePending } from "./sequencer.ts";

let database: TestDatabase;
let pool: pg.Pool;
let secondPool: pg.Pool;
let serial = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 10 });
  secondPool = new pg.Pool({ connectionString: database.url, max: 10 });
});
afterAll(async () => {
  await pool.end();
  await secondPool.end();
  await database.drop();
});

const newOrg = () => `org-${++serial}`;

function event(orgId: string, name = "email.sent", more: Partial<EventInput> = {}) {
  return prepareEvent(
    {
      orgId,
      channel: "email",
      event: name,
      result: "SUCCESS",
      actorType: "SYSTEM",
      actorId: "test",
      correlationId: "corr",
      ...more,
    },
    new Date(),
  );
}

/** Appends an event. @returns its id */
async function append(client: pg.Pool | pg.PoolClient, orgId: string, name?: string): Promise<string> {
  const prepared = event(orgId, name);
  await client.query(`SELECT ${appendCall(1)}`, appendParameters(prepared, null));
  return prepared.id;
}

type Row = { seq: string; event_id: string; leaf_hash: Buffer; record: string };

async function sequenceOf(orgId: string): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    `SELECT s.seq, s.event_id, s.leaf_hash, e.record FROM event_sequence s
      JOIN event e ON e.org_id = s.org_id AND e.id = s.event_id WHERE s.org_id = $1 ORDER BY s.seq`,
    [orgId],
  );
  return rows;
}

/** The root as anybody would compute it from all records. */
function naiveRoot(records: string[]): Buffer {
  const edge = new TreeEdge(0n, Buffer.alloc(0));
  for (const record of records) edge.add(leafHash(record));
  return edge.root();
}

async function storedRoot(orgId: string): Promise<Buffer> {
  const { rows } = await pool.query("SELECT size, frontier FROM event_tree WHERE org_id = $1", [orgId]);
  return new TreeEdge(BigInt(rows[0].size), rows[0].frontier).root();
}

async function expectWhole(orgId: string, ids: string[]): Promise<void> {
  const rows = await sequenceOf(orgId);
  expect(rows.map(({ seq }) => Number(seq))).toEqual(ids.map((_id, index) => index));
  expect(rows.map(({ event_id }) => event_id).sort()).toEqual([...ids].sort());
  for (const row of rows) expect(row.leaf_hash).toEqual(leafHash(row.record));
  expect(await storedRoot(orgId)).toEqual(naiveRoot(rows.map(({ record }) => record)));
}

describe("the sequence", () => {
  it("gets every event of parallel appenders and sequencers, without a gap", async () => {
    const orgs = [newOrg(), newOrg(), newOrg()];
    const ids = new Map(orgs.map((orgId) => [orgId, [] as string[]]));
    const failures: unknown[] = [];
    const sequencers = [pool, secondPool].map((each) => new Sequencer(each, (error) => failures.push(error)));
    for (const sequencer of sequencers) sequencer.start();
    const appendMany = async (each: pg.Pool) => {
      for (let n = 0; n < 40; n++) {
        for (const orgId of orgs) ids.get(orgId)?.push(await append(each, orgId));
      }
    };
    await Promise.all([pool, secondPool, pool, secondPool].map(appendMany));
    await Promise.all(orgs.map((orgId) => sequencePending(pool, orgId)));
    await Promise.all(sequencers.map((sequencer) => sequencer.stop()));
    expect(failures).toEqual([]);
    for (const [orgId, each] of ids) {
      expect(each).toHaveLength(160);
      await expectWhole(orgId, each);
    }
  });

  it("does not skip an event whose transaction commits late", async () => {
    const orgId = newOrg();
    const late = await pool.connect();
    await late.query("BEGIN");
    const lateId = await append(late, orgId);
    const earlyId = await append(pool, orgId);
    await sequencePending(pool, orgId);
    expect((await sequenceOf(orgId)).map(({ event_id }) => event_id)).toEqual([earlyId]);
    await late.query("COMMIT");
    late.release();
    await sequencePending(pool, orgId);
    expect((await sequenceOf(orgId)).map(({ event_id }) => event_id)).toEqual([earlyId, lateId]);
    await expectWhole(orgId, [earlyId, lateId]);
  });

  it("never sees an event that was rolled back", async () => {
    const orgId = newOrg();
    const client = await pool.connect();
    await client.query("BEGIN");
    await append(client, orgId);
    await client.query("ROLLBACK");
    client.release();
    await sequencePending(pool, orgId);
    expect(await sequenceOf(orgId)).toEqual([]);
    expect(await logSize(pool, orgId)).toBe(0);
  });

  it("stays whole when a sequencer dies in the middle", async () => {
    const orgId = newOrg();
    const ids = [await append(pool, orgId), await append(pool, orgId)];
    // Its last step fails: then it must be as if it had done nothing.
    const broken = new pg.Pool({ connectionString: database.url, max: 1 });
    await broken.query("SET statement_timeout = '1s'");
    const blocker = await pool.connect();
    await blocker.query("BEGIN");
    await blocker.query("LOCK TABLE event_pending IN SHARE MODE");
    await expect(sequenceBatch(broken, "wait")).rejects.toThrow("statement timeout");
    await blocker.query("ROLLBACK");
    blocker.release();
    await broken.end();
    expect(await sequenceOf(orgId)).toEqual([]);
    await sequencePending(pool, orgId);
    await expectWhole(orgId, ids);
  });

  it("is notified once a batch, with the sizes", async () => {
    const orgId = newOrg();
    const listener = await pool.connect();
    await listener.query(`LISTEN ${LOG_CHANNEL}`);
    const payloads: string[] = [];
    listener.on("notification", ({ payload = "" }) => payloads.push(payload));
    await append(pool, orgId);
    await append(pool, orgId);
    await sequencePending(pool, orgId);
    // Notifications stand before the answer to a later query on the same connection.
    await listener.query("SELECT 1");
    expect(payloads.filter((payload) => payload.includes(orgId))).toEqual([JSON.stringify([[orgId, 2]])]);
    await listener.query("UNLISTEN *");
    listener.removeAllListeners("notification");
    listener.release();
  });

  it("does not keep a reader waiting for what comes after its question", async () => {
    const orgId = newOrg();
    const first = await append(pool, orgId);
    let stop = false;
    const appending = (async () => {
      while (!stop) await Promise.all(Array.from({ length: 4 }, () => append(secondPool, orgId)));
    })();
    const { items } = await listEvents(pool, orgId, {}, { limit: 1, order: "asc" });
    stop = true;
    await appending;
    expect(items).toMatchObject([{ id: first, seq: 0 }]);
  });
});

describe("what is in the log stays as it is", () => {
  it.each([
    ["event", "UPDATE event SET record = '{}' WHERE org_id = $1"],
    ["event", "DELETE FROM event WHERE org_id = $1"],
    ["event_sequence", "UPDATE event_sequence SET leaf_hash = '' WHERE org_id = $1"],
    ["event_sequence", "DELETE FROM event_sequence WHERE org_id = $1"],
    ["event_private", "UPDATE event_private SET data = '{}' WHERE org_id = $1"],
  ])("%s refuses: %s", async (_table, sql) => {
    const orgId = newOrg();
    const prepared = event(orgId, "email.sent", { personal: { detail: "a" } });
    await pool.query(`SELECT ${appendCall(1)}`, appendParameters(prepared, null));
    await sequencePending(pool, orgId);
    await expect(pool.query(sql, [orgId])).rejects.toThrow("is append-only");
    const { items } = await listEvents(pool, orgId, {}, { limit: 1 });
    expect(items).toMatchObject([{ id: prepared.id, detail: "a" }]);
  });

  it("only the private part can be erased, and the log still holds", async () => {
    const orgId = newOrg();
    const prepared = event(orgId, "email.sent", { personal: { detail: "a" } });
    await pool.query(`SELECT ${appendCall(1)}`, appendParameters(prepared, null));
    await sequencePending(pool, orgId);
    await pool.query("DELETE FROM event_private WHERE org_id = $1", [orgId]);
    expect((await listEvents(pool, orgId, {}, { limit: 1 })).items).toMatchObject([{ id: prepared.id, detail: null }]);
    await expectWhole(orgId, [prepared.id]);
  });
});

describe("a list", () => {
  it("is read in pages, a chain forward and everything else backward, and filtered", async () => {
    const orgId = newOrg();
    for (let n = 0; n < 5; n++) await append(pool, orgId, n % 2 ? "email.sent" : "email.received");
    const names = async (filter: object, page: { limit: number; cursor?: number }) => {
      const { items, nextCursor } = await listEvents(pool, orgId, filter, page);
      return { seqs: items.map(({ seq }) => seq), nextCursor };
    };
    expect(await names({}, { limit: 2 })).toEqual({ seqs: [4, 3], nextCursor: 3 });
    expect(await names({}, { limit: 3, cursor: 3 })).toEqual({ seqs: [2, 1, 0], nextCursor: null });
    expect(await names({ correlationId: "corr" }, { limit: 3 })).toEqual({ seqs: [0, 1, 2], nextCursor: 2 });
    expect(await names({ correlationId: "corr" }, { limit: 3, cursor: 2 })).toEqual({ seqs: [3, 4], nextCursor: null });
    expect(await names({ event: "email.sent" }, { limit: 9 })).toEqual({ seqs: [3, 1], nextCursor: null });
    expect(await names({ result: "DENIED" }, { limit: 9 })).toEqual({ seqs: [], nextCursor: null });
    expect(await names({ after: new Date(Date.now() + 60_000) }, { limit: 9 })).toEqual({ seqs: [], nextCursor: null });
    expect((await listEvents(pool, newOrg(), {}, { limit: 9 })).items).toEqual([]);
  });
});
