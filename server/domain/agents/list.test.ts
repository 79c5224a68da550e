import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { encodeCursor } from "../pagination.ts";
import { AGENT_SORTS, type Agent } from "./schemas.ts";

type AgentPage = { items: Agent[]; pagination: { nextCursor: string | null; hasMore: boolean } };

let app: TestApp;
let orgId: string;
let key: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ orgId, masterKey: key } = await app.organisation());
});

const list = (query: Record<string, string>, as = key) =>
  app.call<AgentPage>("GET", `/v1/agents?${new URLSearchParams(query)}`, { key: as });
const names = async (query: Record<string, string>, as = key) =>
  (await list(query, as)).body.items.map(({ name }) => name);
const create = async (body: Record<string, unknown>) => {
  const answer = await app.call<Agent>("POST", "/v1/agents", { key, body });
  expect(answer.status).toBe(201);
  return answer.body;
};
const pause = (id: string) => app.call("PATCH", `/v1/agents/${id}`, { key, body: { status: "PAUSED" } });

/** Many agents at once, which the verbs would take minutes for: what they are found by, and no more. */
async function fill(agents: { name: string; status?: string }[]): Promise<string[]> {
  const { rows } = await app.runtime.db.pool.query<{ id: string }>(
    `INSERT INTO agent (org_id, id, name, slug, status, created_at, updated_at)
      SELECT $1, upper(lpad(to_hex(n), 26, '0')), name, 'bulk-' || n, status, now(), now()
      FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS made (name, status, n) RETURNING id`,
    [orgId, agents.map(({ name }) => name), agents.map(({ status }) => status ?? "ACTIVE")],
  );
  return rows.map(({ id }) => id);
}

/** Every page of a list from its beginning. */
async function readAll(query: Record<string, string>): Promise<{ items: Agent[]; pages: number }> {
  const items: Agent[] = [];
  for (let pages = 1, cursor: string | null = ""; ; pages++) {
    const answer = await list({ ...query, ...(cursor ? { cursor } : {}) });
    expect(answer.status).toBe(200);
    items.push(...answer.body.items);
    cursor = answer.body.pagination.nextCursor;
    expect(answer.body.pagination.hasMore).toBe(cursor !== null);
    if (cursor === null) return { items, pages };
  }
}

describe("a search of agents", () => {
  it("finds a part of name, slug or address, whatever the case, and takes every character as it stands", async () => {
    await create({ name: "Support Triage", slug: "first-line", email: "help-desk" });
    await create({ name: "ÄRGER 100%", slug: "complaints", email: "trouble" });
    await create({ name: "under_score \\ back", slug: "odd", email: "odd-one" });

    expect(await names({ search: "triage" })).toEqual(["Support Triage"]);
    expect(await names({ search: "RST-LI" })).toEqual(["Support Triage"]);
    expect(await names({ search: "Help-Desk@agents" })).toEqual(["Support Triage"]);
    expect(await names({ search: "ärger" })).toEqual(["ÄRGER 100%"]);
    expect(await names({ query: "  trouble " })).toEqual(["ÄRGER 100%"]);
    for (const text of ["0%", "%"]) expect(await names({ search: text })).toEqual(["ÄRGER 100%"]);
    for (const text of ["r_s", "\\ b"]) expect(await names({ search: text })).toEqual(["under_score \\ back"]);
    expect(await names({ search: "nobody" })).toEqual([]);
    expect(await names({ search: "o" })).toHaveLength(3);
    expect(await names({ search: " " })).toHaveLength(3);
  });

  it("narrows by status, leaves out the deleted and what is another organisation's, and shows an agent itself only", async () => {
    const paused = await create({ name: "Shared paused" });
    const doomed = await create({ name: "Shared doomed" });
    await create({ name: "Shared active" });
    await pause(paused.id);
    await app.call("DELETE", `/v1/agents/${doomed.id}`, { key });
    expect(await names({ search: "shared" })).toEqual(["Shared active", "Shared paused"]);
    expect(await names({ search: "shared", status: "PAUSED" })).toEqual(["Shared paused"]);
    expect(await names({ search: "shared", status: "DELETED" })).toEqual(["Shared doomed"]);
    // The address of a deleted agent is nobody's.
    expect(await names({ search: "shared-doomed@", status: "DELETED" })).toEqual([]);

    const other = await app.organisation();
    expect(await names({ search: "shared" }, other.masterKey)).toEqual([]);
    const own = await app.agent(key, "shared-own");
    expect(await names({ search: "shared" }, own.key)).toEqual(["shared-own"]);
  });

  it("goes on over pages, also for a text that is rare, or common only far down", async () => {
    await fill(
      Array.from({ length: 5_000 }, (_, n) => ({
        name: n % 1_000 === 7 ? `needle ${n}` : n > 4_500 ? `far ${n}` : `hay ${n}`,
        status: n % 3 === 0 ? "PAUSED" : "ACTIVE",
      })),
    );
    for (const sort of AGENT_SORTS) {
      for (const order of ["asc", "desc"]) {
        const rare = await readAll({ search: "NEEDLE", sort, order, limit: "2" });
        expect(new Set(rare.items.map(({ name }) => name)).size).toBe(5);
        expect(rare).toMatchObject({ pages: 3, items: { length: 5 } });
        const far = await readAll({ search: "far", sort, order, limit: "100" });
        expect(new Set(far.items.map(({ id }) => id)).size).toBe(far.items.length);
        expect(far.items).toHaveLength(499);
      }
    }
  });
});

describe("the order of agents", () => {
  it("is from the newest, by name without regard to case, or by status, each in both directions", async () => {
    for (const name of ["bravo", "Alpha", "charlie"]) await create({ name });
    await pause((await list({ search: "alpha" })).body.items[0]?.id ?? "");
    expect(await names({})).toEqual(["charlie", "Alpha", "bravo"]);
    expect(await names({ order: "asc" })).toEqual(["bravo", "Alpha", "charlie"]);
    expect(await names({ sort: "name" })).toEqual(["Alpha", "bravo", "charlie"]);
    expect(await names({ sort: "name", order: "desc" })).toEqual(["charlie", "bravo", "Alpha"]);
    expect(await names({ sort: "status" })).toEqual(["bravo", "charlie", "Alpha"]);
    expect(await names({ sort: "status", order: "desc" })).toEqual(["Alpha", "charlie", "bravo"]);
  });

  it("gives every agent exactly once and in order, whatever the names, the page size and the order", async () => {
    const agent = fc.record({
      // Few letters, so that names are equal, differ in case only, or begin alike.
      name: fc.string({ unit: fc.constantFrom("a", "A", "b", "Ä", "'", "%", "𝔞", " "), minLength: 1, maxLength: 4 }),
      status: fc.constantFrom("ACTIVE", "PAUSED", "DELETED"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(agent, { maxLength: 40 }),
        fc.integer({ min: 1, max: 15 }),
        fc.constantFrom(...AGENT_SORTS),
        fc.constantFrom("asc", "desc"),
        fc.constantFrom(undefined, "a"),
        async (agents, limit, sort, order, search) => {
          ({ orgId, masterKey: key } = await app.organisation());
          await fill(agents);
          const { items } = await readAll({ limit: String(limit), sort, order, ...(search ? { search } : {}) });
          const by = { created: "id", name: "lower(name)", status: "status" }[sort];
          const { rows } = await app.runtime.db.pool.query<{ id: string }>(
            `SELECT id FROM agent WHERE org_id = $1 AND status <> 'DELETED' AND lower(name) LIKE $2
              ORDER BY ${by} ${order}, id ${order}`,
            [orgId, search ? `%${search}%` : "%"],
          );
          expect(items.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("goes on where it was when an agent is renamed or made meanwhile", async () => {
    for (const name of ["a", "b", "c", "d"]) await create({ name });
    const first = await list({ sort: "name", limit: "2" });
    const [, b] = first.body.items;
    await app.call("PATCH", `/v1/agents/${b?.id}`, { key, body: { name: "z" } });
    await create({ name: "aa" });
    const cursor = first.body.pagination.nextCursor ?? "";
    expect(await names({ sort: "name", limit: "9", cursor })).toEqual(["c", "d", "z"]);
  });

  it("is said by its cursor: one of another order, list or making is refused by name", async () => {
    for (const name of ["a", "b", "c"]) await create({ name });
    const { nextCursor } = (await list({ sort: "name", limit: "1" })).body.pagination;
    const cursor = nextCursor ?? "";
    const made = (...parts: unknown[]) => encodeCursor(JSON.stringify(parts));
    const id = "01JZZZZZZZZZZZZZZZZZZZZZZZ";
    const refused: Record<string, string>[] = [
      { sort: "name", order: "desc", cursor },
      { sort: "status", cursor },
      { cursor },
      { cursor: "nonsense" },
      { cursor: made("created", "desc", null) },
      { cursor: made("created", "desc", "text", id) },
      { sort: "name", cursor: made("name", "asc", null, id) },
      { sort: "name", cursor: made("name", "asc", "a\u0000", id) },
      { sort: "name", cursor: encodeCursor('["name","asc"') },
      { cursor: "x".repeat(1_001) },
    ];
    for (const query of refused) {
      expect(await list({ limit: "1", ...query }), JSON.stringify(query)).toMatchObject({
        status: 400,
        body: { code: "VALIDATION_ERROR", details: { fields: [{ field: "cursor" }] } },
      });
    }
    for (const [field, value] of [
      ["sort", "activity"],
      ["order", "up"],
      ["status", "GONE"],
      ["search", "x".repeat(201)],
    ] as const) {
      expect(await list({ [field]: value })).toMatchObject({ status: 400, body: { details: { fields: [{ field }] } } });
    }
  });
});

describe("an agent's last activity", () => {
  it("is the time of its latest event", async () => {
    const agent = await create({ name: "Busy" });
    const quiet = await create({ name: "Quiet" });
    app.clock.advanceSeconds(3_600);
    await pause(agent.id);
    await expect
      .poll(async () => (await list({ search: "busy" })).body.items[0]?.lastActivityAt)
      .toBe(app.clock.now().toISOString());
    const asked = await app.call<Agent>("GET", `/v1/agents/${quiet.id}`, { key });
    expect(asked.body.lastActivityAt).toBe(quiet.createdAt);
  });
});
