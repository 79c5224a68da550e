import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { issueKey } from "#server/domain/api-keys/issue.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import type { Transaction } from "#server/platform/database.ts";
import { newId } from "#server/platform/ids.ts";
import { openRuntime, type Runtime } from "#server/runtime.ts";
import { type RawCall, startThings, type Things } from "./support/things.ts";

let things: Things;
let orgId: string;
let key: string;
let other: Runtime;
let callOther: Things["call"];
let serial = 0;

const SHORT_LOCK_TIMEOUT_MS = 200;

beforeAll(async () => {
  things = await startThings();
  ({ orgId, masterKey: key } = await things.app.organisation());
  const { runtime, databaseUrl, clock } = things.app;
  // A second replica, which gives up waiting for a lock soon.
  const impatient = `${databaseUrl}?lock_timeout=${SHORT_LOCK_TIMEOUT_MS}`;
  other = await openRuntime(runtime.config, impatient, { clock });
  callOther = things.on(other);
});
afterEach(() => things.beforeAnswer(undefined));
afterAll(async () => {
  await other.close();
  await things.close();
});

const fresh = () => `key ${++serial}`;
const post = (idempotencyKey: string, body: unknown = {}, options: RawCall = {}) =>
  things.call("POST", "/v1/things", { key, idempotencyKey, body, ...options });

/** How much of what is counted an action adds. */
async function added(count: () => Promise<number>, action: () => Promise<unknown>): Promise<number> {
  const before = await count();
  await action();
  return (await count()) - before;
}
const made = async () => (await things.written()).things;
const stored = async () => (await things.written()).answers;

/** Something that a test lets go on when it wants. */
function gate() {
  const reached = Promise.withResolvers<Transaction>();
  const opened = Promise.withResolvers<void>();
  things.beforeAnswer(async (_ctx, tx) => {
    reached.resolve(tx);
    await opened.promise;
  });
  return { reached: reached.promise, open: opened.resolve };
}

describe("a repeated request", () => {
  it("has one effect, and gets the same status, headers and body", async () => {
    const idempotencyKey = fresh();
    let first = await post(idempotencyKey, { name: "once" }, { correlationId: "corr_first" });
    expect(first.status).toBe(201);
    expect(first.headers.has("idempotent-replayed")).toBe(false);
    const times = await added(made, async () => {
      const again = await post(idempotencyKey, { name: "once" }, { correlationId: "corr_second" });
      expect(again.status).toBe(201);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get("idempotent-replayed")).toBe("true");
      for (const name of ["content-type", "x-correlation-id"]) {
        expect(again.headers.get(name)).toBe(first.headers.get(name));
      }
      expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
      expect(again.headers.has("x-ratelimit-limit")).toBe(true);
    });
    expect(times).toBe(0);
    first = await callOther("POST", "/v1/things", { key, idempotencyKey, body: { name: "once" } });
    expect(first.headers.get("idempotent-replayed")).toBe("true");
  });

  it.each<[string, string, string, object]>([
    ["another body", "POST", "/v1/things", { name: "b" }],
    ["another path", "POST", "/v1/other.things", { name: "a" }],
    ["a query", "POST", "/v1/things?name=a", { name: "a" }],
    ["another method", "PUT", "/v1/things/1", { name: "a" }],
  ])("with %s is refused", async (_what, method, path, body) => {
    const idempotencyKey = fresh();
    await post(idempotencyKey, { name: "a" });
    const times = await added(made, async () => {
      const answer = await things.call(method, path, { key, idempotencyKey, body });
      expect(answer).toMatchObject({ status: 409, body: { code: "IDEMPOTENCY_BODY_MISMATCH" } });
      expect(answer.headers.has("idempotent-replayed")).toBe(false);
    });
    expect(times).toBe(0);
  });

  it.each([
    ["agents", () => issue("AGENT", newId()), () => issue("AGENT", newId())],
    ["organisations", async () => key, async () => (await things.app.organisation()).masterKey],
    ["an agent and its master", () => issue("AGENT", newId()), async () => key],
  ])("of another principal is another request: two %s", async (_what, one, two) => {
    const idempotencyKey = fresh();
    const first = await post(idempotencyKey, {}, { key: await one() });
    const second = await post(idempotencyKey, {}, { key: await two() });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.has("idempotent-replayed")).toBe(false);
    expect(second.body.id).not.toBe(first.body.id);
  });

  it("of the same agent with another of its keys is the same request", async () => {
    const idempotencyKey = fresh();
    const agentId = newId();
    const first = await post(idempotencyKey, {}, { key: await issue("AGENT", agentId) });
    const second = await post(idempotencyKey, {}, { key: await issue("AGENT", agentId) });
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.body).toEqual(first.body);
  });

  it("without a key of ours is told by the client's address", async () => {
    const idempotencyKey = fresh();
    const open = (address: string) => things.call("POST", "/v1/open-things", { idempotencyKey, peer: address });
    const first = await open("192.0.2.1");
    expect(first.status).toBe(201);
    expect((await open("192.0.2.1")).body).toEqual(first.body);
    const keyed = await things.call("POST", "/v1/open-things", { key, idempotencyKey });
    expect(keyed.headers.has("idempotent-replayed")).toBe(false);
    expect((await open("192.0.2.2")).body.id).not.toBe(first.body.id);
  });

  it("is a new one after 24 hours", async () => {
    const idempotencyKey = fresh();
    const first = await post(idempotencyKey);
    things.app.clock.advanceSeconds(24 * 3600 - 1);
    expect((await post(idempotencyKey)).body).toEqual(first.body);
    things.app.clock.advanceSeconds(1);
    const late = await post(idempotencyKey, { name: "of another body" });
    expect(late.status).toBe(201);
    expect(late.headers.has("idempotent-replayed")).toBe(false);
    expect((await post(idempotencyKey, { name: "of another body" })).body).toEqual(late.body);
  });
});

describe("equal requests at the same instant", () => {
  it("have one effect, 50 of them", async () => {
    const idempotencyKey = fresh();
    const times = await added(made, async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => post(idempotencyKey, { name: "fifty" })));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect(answers.filter(({ headers }) => !headers.has("idempotent-replayed"))).toHaveLength(1);
    });
    expect(times).toBe(1);
  });

  it("have one effect on two replicas", async () => {
    const idempotencyKey = fresh();
    const times = await added(made, async () => {
      const calls = Array.from({ length: 30 }, (_, n) =>
        (n % 2 ? things.call : callOther)("POST", "/v1/things", { key, idempotencyKey, body: {} }),
      );
      const answers = await Promise.all(calls);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    });
    expect(times).toBe(1);
  });

  it("of which the first fails have one effect: the next one's", async () => {
    const idempotencyKey = fresh();
    let calls = 0;
    things.beforeAnswer(async () => {
      if (++calls === 1) throw new Error("only the first");
    });
    const times = await added(made, async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => post(idempotencyKey)));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 500]);
    });
    expect(times).toBe(1);
  });

  it("wait for the one on another replica only so long", async () => {
    const idempotencyKey = fresh();
    const { reached, open } = gate();
    const first = post(idempotencyKey);
    await reached;
    const waiting = await callOther("POST", "/v1/things", { key, idempotencyKey, body: {} });
    expect(waiting).toMatchObject({ status: 409, body: { code: "IDEMPOTENCY_IN_PROGRESS" } });
    expect(waiting.headers.get("retry-after")).toBe("1");
    open();
    expect((await first).status).toBe(201);
    expect((await callOther("POST", "/v1/things", { key, idempotencyKey, body: {} })).body).toEqual((await first).body);
  });

  it("hold no connection while they wait, so others go on", async () => {
    const idempotencyKey = fresh();
    const { reached, open } = gate();
    const first = post(idempotencyKey);
    await reached;
    things.beforeAnswer(undefined);
    const waiting = Array.from({ length: 40 }, () => post(idempotencyKey));
    expect((await things.call("POST", "/v1/things", { key, idempotencyKey: fresh(), body: {} })).status).toBe(201);
    expect(things.app.runtime.db.pool.waitingCount).toBe(0);
    open();
    expect(new Set((await Promise.all([first, ...waiting])).map(({ body }) => body.id)).size).toBe(1);
  });
});

describe("what a request with a key leaves behind", () => {
  it("a refusal is stored, without what was written before it", async () => {
    const idempotencyKey = fresh();
    const times = await added(made, async () => {
      const first = await post(idempotencyKey, { end: "refused" });
      const again = await post(idempotencyKey, { end: "refused" });
      expect(first).toMatchObject({ status: 409, body: { code: "CONFLICT" } });
      expect(again.body).toEqual(first.body);
      expect(again.headers.get("idempotent-replayed")).toBe("true");
      expect(again.headers.get("content-type")).toBe("application/problem+json");
    });
    expect(times).toBe(0);
  });

  it("an answer is not stored in the clear, since it may hold a new key", async () => {
    await post(fresh(), { name: "a new key" });
    const { rows } = await things.app.runtime.db.pool.query("SELECT r::text AS row FROM idempotency_record r");
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) expect(row).not.toContain("a new key");
  });

  it("a failure of ours is not stored and leaves nothing", async () => {
    const idempotencyKey = fresh();
    const times = await added(made, async () => {
      expect(await added(stored, () => post(idempotencyKey, { end: "broken" }))).toBe(0);
      expect((await post(idempotencyKey, { end: "broken" })).headers.has("idempotent-replayed")).toBe(false);
    });
    expect(times).toBe(0);
  });

  it("effect and answer are one transaction: neither remains when the database dies in the middle", async () => {
    const idempotencyKey = fresh();
    const { reached, open } = gate();
    const answers = await stored();
    const times = await added(made, async () => {
      const call = post(idempotencyKey);
      const tx = await reached;
      const [backend] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
      await things.app.runtime.db.pool.query("SELECT pg_terminate_backend($1)", [backend?.pid]);
      open();
      const { status, body } = await call;
      expect(status).toBe(503);
      expect(body).toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    });
    expect(times).toBe(0);
    expect(await stored()).toBe(answers);
    things.beforeAnswer(undefined);
    expect((await post(idempotencyKey)).status).toBe(201);
  });

  it("a denied request stands on the log once, with and without a key", async () => {
    const idempotencyKey = fresh();
    const deny = (options: RawCall) => things.call("POST", "/v1/things", { key, body: { end: "denied" }, ...options });
    expect(await added(things.denials, () => deny({}))).toBe(1);
    expect(await added(things.denials, () => deny({ idempotencyKey }))).toBe(1);
    const again = await added(things.denials, async () => {
      expect((await deny({ idempotencyKey })).headers.get("idempotent-replayed")).toBe("true");
    });
    expect(again).toBe(0);
    const scoped = await issue("MASTER", null, ["email:read"]);
    expect(await added(things.denials, () => deny({ key: scoped, idempotencyKey }))).toBe(1);
  });
});

describe("the key itself", () => {
  it.each(["a", "~", "with spaces", "x".repeat(255), '"quoted"'])("may be %s", async (idempotencyKey) => {
    expect((await post(idempotencyKey)).status).toBe(201);
  });

  it.each(["", "x".repeat(256), "é", "tab\there"])("may not be %j", async (idempotencyKey) => {
    const times = await added(made, async () => {
      const { status, body } = await post(idempotencyKey);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: "INVALID_IDEMPOTENCY_KEY", details: { field: "Idempotency-Key" } });
    });
    expect(times).toBe(0);
  });

  it("means nothing on a read", async () => {
    const { status, headers } = await things.call("GET", "/v1/things", { key, idempotencyKey: fresh() });
    expect(status).toBe(200);
    expect(headers.has("idempotent-replayed")).toBe(false);
  });
});

async function issue(kind: "AGENT" | "MASTER", agentId: string | null, scopes = ["*"]): Promise<string> {
  const fields = { orgId, kind, agentId, name: "test", scopes, isPrimary: false, expiresAt: null };
  return (await openTransaction(things.app.runtime, (tx) => issueKey(things.app.runtime, tx, fields))).key;
}

it("many requests at once, each with a key of its own, do not lock each other out", async () => {
  const { max = 0 } = things.app.runtime.db.pool.options;
  // As after a start: every call asks for its agent while its transaction is open.
  things.beforeAnswer(async (ctx) => {
    await ctx.services.directory.agent(orgId, newId());
  });
  const calls = Array.from({ length: 3 * max }, () => post(fresh()));
  const answers = await Promise.all(calls);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
});
