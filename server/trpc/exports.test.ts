import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { READ_BYTES } from "#server/domain/messages/stored-bytes.ts";
import { makeVictim } from "../../test/rest/support/victim.ts";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { fillLog } from "../../test/support/fill-log.ts";
import type { AuditEvent } from "../domain/events/schemas.ts";
import { makeAgent, type TestAgent } from "../domain/messages/test-support.ts";
import { emit, openTransaction } from "../domain/transaction.ts";
import { eventsFile, organizationFile } from "./exports.ts";
import { consoleOf } from "./test-support.ts";

let app: TestApp;
let agent: TestAgent;
let cookie: string;
beforeAll(async () => {
  app = await startTestApp();
  agent = await makeAgent(app);
  cookie = await consoleOf(app).signIn(agent.masterKey);
  await fillLog(app.runtime.db.pool, agent.orgId, 3_200, new Date());
});
afterAll(() => app.close());

type Sent = { cookie?: string; origin?: string };

function ask(body: unknown, { cookie: sent = cookie, origin = "http://console.test" }: Sent = {}): Request {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { cookie: sent, origin, host: "console.test", "content-type": "application/json" };
  return new Request("http://console.test/api/export", { method: "POST", headers, body: text });
}

// A decoder takes the byte order mark away, as Excel does.
const fileOf = async (filter: object) => (await eventsFile(app.runtime, ask(filter))).text();
const jsonOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** All pages of the list, as the page reads them. */
async function listOf(filter: object): Promise<AuditEvent[]> {
  const items: AuditEvent[] = [];
  let cursor: string | null = null;
  do {
    const input: object = { ...filter, limit: 100, ...(cursor ? { cursor } : {}) };
    const { body } = await consoleOf(app).query("events.list", input, { cookie });
    items.push(...body.result.data.items);
    cursor = body.result.data.pagination.nextCursor;
  } while (cursor !== null);
  return items;
}

/** RFC 4180, read by hand. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, cell = "", end] of text.matchAll(/((?:"(?:[^"]|"")*")|[^",\r\n]*)(,|\r\n)/g)) {
    rows.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

describe("the events of a search", () => {
  test.each([
    { channel: "email", result: "SUCCESS" },
    { agentId: "AGENT-3", order: "asc" },
    { event: "key.access.refused" },
    { correlationId: "corr-7" },
    { channel: "voice" },
    {},
  ])("are exactly those of the list, in its order: %j", async (filter) => {
    const listed = await listOf({ before_seq: 3_000, ...filter });
    const lines = jsonOf(await fileOf({ before_seq: 3_000, ...filter, format: "jsonl" }));
    expect(lines.pop()).toEqual({ complete: true, events: listed.length });
    expect(lines).toEqual(listed);

    const [head = [], ...rows] = cellsOf(await fileOf({ before_seq: 3_000, ...filter, format: "csv" }));
    expect(rows.pop()).toEqual([`# complete: ${listed.length} events`, ...Array(head.length - 1).fill("")]);
    const written = listed.map((event) =>
      head.map((name) => {
        const value = event[name as keyof AuditEvent];
        return name === "data" ? JSON.stringify(value) : String(value ?? "");
      }),
    );
    expect(rows).toEqual(written);
  });

  test("have no cell that a spreadsheet would run, and stay in one record with whatever strangers wrote", async () => {
    const details = ["=HYPERLINK(0)", "+1", "-1", "@SUM(A1)", '"quoted", and\r\nbroken', "\tTab"];
    for (const detail of details) {
      await openTransaction(app.runtime, (tx) =>
        emit(app.runtime, tx, {
          orgId: agent.orgId,
          channel: "email",
          event: "email.received",
          result: "SUCCESS",
          actorType: "SYSTEM",
          actorId: "test",
          correlationId: "formulas",
          personal: { detail },
        }),
      );
    }
    const bytes = await (await eventsFile(app.runtime, ask({ correlationId: "formulas", format: "csv" }))).bytes();
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [head = [], ...rows] = cellsOf(await fileOf({ correlationId: "formulas", format: "csv" }));
    const shown = rows.slice(0, -1).map((row) => row[head.indexOf("detail")]);
    expect(shown).toEqual(["'=HYPERLINK(0)", "'+1", "'-1", "'@SUM(A1)", '"quoted", and\r\nbroken', "'\tTab"]);
  });

  test("are what there was when it began, and are read only as fast as they are taken", async () => {
    const { pool } = app.runtime.db;
    let reads = 0;
    const watched = Object.assign(Object.create(pool), {
      query: (asked: unknown, values?: unknown) => {
        if (typeof asked === "string" && asked.includes("event_sequence")) reads++;
        return pool.query(asked as string, values as unknown[]);
      },
    });
    const services = { ...app.runtime, db: { ...app.runtime.db, pool: watched } };
    const response = await eventsFile(services, ask({ order: "asc", format: "jsonl" }));
    const [, end] = (response.headers.get("x-log-range") ?? "").split("-").map(Number);
    await app.agent(agent.masterKey);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = "";
    const decoder = new TextDecoder();
    for (let pieces = 1; pieces <= 3; pieces++) {
      text += decoder.decode((await reader.read()).value);
      // A read that ran ahead would have begun before this one ends.
      await pool.query("SELECT 1");
      expect(reads).toBe(pieces);
    }
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += decoder.decode(next.value);
    expect(jsonOf(text).at(-2).seq).toBe((end ?? 0) - 1);
  });

  test("end without their last line when the session does", async () => {
    const doomed = await consoleOf(app).signIn(agent.masterKey);
    const response = await eventsFile(app.runtime, ask({ format: "jsonl" }, { cookie: doomed }));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).done).toBe(false);
    await consoleOf(app).mutate("session.signOut", {}, { cookie: doomed });
    await expect(reader.read()).rejects.toThrow("the session has ended");
  });

  test("are for whoever is signed in, on a page of the console, with a filter that the list takes", async () => {
    const refusal = async (response: Promise<Response>) => {
      const answer = await response;
      const { error } = (await answer.json()) as { error: { code: string; details: { fields?: { field: string }[] } } };
      return [answer.status, error.code, error.details.fields?.[0]?.field];
    };
    const call = (body: unknown, sent?: Sent) => refusal(eventsFile(app.runtime, ask(body, sent)));
    expect(await call({ format: "csv" }, { cookie: "" })).toEqual([401, "UNAUTHORIZED", undefined]);
    expect(await call({ format: "csv" }, { origin: "https://evil.example" })).toEqual([403, "FORBIDDEN", undefined]);
    expect(await call({ format: "xlsx" })).toEqual([400, "VALIDATION_ERROR", "format"]);
    expect(await call({ format: "csv", channel: "pigeon" })).toEqual([400, "VALIDATION_ERROR", "channel"]);
    expect(await call("{")).toEqual([400, "BAD_REQUEST", undefined]);
    expect(await call({ format: "csv", event: "a".repeat(20_000) })).toEqual([413, "PAYLOAD_TOO_LARGE", undefined]);
  });
});

describe("all data of the organisation", () => {
  test("are in one file, with the event that says so, and without what opens anything", async () => {
    const victim = await makeVictim(app, agent);
    const stranger = await makeAgent(app);
    await makeVictim(app, stranger);
    const held = { key: agent.masterKey, body: { phoneNumber: "+14155550143" } };
    await app.call("POST", "/v1/phone/dnc", held);
    await app.call("PUT", "/v1/phone/locations", { ...held, body: { ...held.body, state: "NY" } });
    const lines = jsonOf(await (await organizationFile(app.runtime, ask({}))).text());
    expect(lines.pop()).toEqual({ complete: true, items: lines.length });
    const items = lines as { type: string; data: Record<string, unknown> }[];
    const has = (type: string, id: string) => items.some((item) => item.type === type && item.data.id === id);
    expect(has("organization", agent.orgId)).toBe(true);
    expect(has("agent", agent.id)).toBe(true);
    expect(has("api_key", victim.apiKey)).toBe(true);
    expect(has("inbox", victim.inbox)).toBe(true);
    expect(has("message", victim.message)).toBe(true);
    expect(items.find(({ data }) => data.id === victim.message)?.data.attachments).toMatchObject([
      { id: victim.attachment, filename: "a.txt" },
    ]);
    expect(items.some(({ type, data }) => type === "thread" && data.threadId === victim.thread)).toBe(true);
    expect(has("consent", victim.consent)).toBe(true);
    expect(items.find(({ type, data }) => type === "call" && data.id === victim.call)?.data.transcript).toMatchObject([
      { text: "where is my parcel?" },
    ]);
    for (const type of ["calling_rules", "do_not_call", "contact_location"]) {
      expect(items.filter((item) => item.type === type)).toHaveLength(1);
    }
    const events = items.filter(({ type }) => type === "event").map(({ data }) => data);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
    expect(events.at(-1)).toMatchObject({ event: "org.data.exported", result: "SUCCESS", actorType: "USER" });

    const text = JSON.stringify(lines);
    const { rows } = await app.runtime.db.pool.query<{ hash: Buffer }>("SELECT hash FROM api_key");
    for (const { hash } of rows) {
      for (const form of ["hex", "base64", "base64url"] as const) expect(text).not.toContain(hash.toString(form));
    }
    for (const secret of [agent.masterKey, agent.key, cookie.split("=")[1] ?? "", stranger.orgId, stranger.id]) {
      expect(text).not.toContain(secret);
    }
  });

  test("of large messages go a few at a time", async () => {
    const { pool } = app.runtime.db;
    const large = await makeAgent(app);
    const other = await consoleOf(app).signIn(large.masterKey);
    const body = randomBytes(1_500_000).toString("base64");
    await pool.query(
      `INSERT INTO message (org_id, id, agent_id, channel, direction, status, from_address, "to", cc, bcc, body, thread_id,
         labels, "references", correlation_id, event_id, created_at, updated_at)
       SELECT $1, '0' || lpad(n::text, 25, '0'), $2, 'EMAIL', 'INBOUND', 'DELIVERED', 'a@example.com', '{}', '{}', '{}', $3,
         'T', '{}', '{}', 'c', 'e', now(), now()
       FROM generate_series(1, 8) n`,
      [large.orgId, large.id, body],
    );
    const response = await organizationFile(app.runtime, ask({}, { cookie: other }));
    const sizes: number[] = [];
    for await (const piece of response.body as ReadableStream<Uint8Array>) sizes.push(piece.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(8 * 2_000_000);
    // So much, and the one that goes beyond it.
    expect(Math.max(...sizes)).toBeLessThan(READ_BYTES + 2_100_000);
  });

  test("are for whoever is signed in, on a page of the console", async () => {
    expect((await organizationFile(app.runtime, ask({}, { cookie: "" }))).status).toBe(401);
    expect((await organizationFile(app.runtime, ask({}, { origin: "https://evil.example" }))).status).toBe(403);
  });
});
