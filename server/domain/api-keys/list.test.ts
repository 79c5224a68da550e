import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { type ApiKey, KEY_SORTS } from "./schemas.ts";

type KeyPage = { items: ApiKey[]; pagination: { nextCursor: string | null; hasMore: boolean } };

let app: TestApp;
let orgId: string;
let masterKey: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ orgId, masterKey } = await app.organisation());
});

const create = async (body: Record<string, unknown>) =>
  (await app.call<ApiKey>("POST", "/v1/api-keys", { key: masterKey, body })).body;
const list = (query: Record<string, string>, key = masterKey) =>
  app.call<KeyPage>("GET", `/v1/api-keys?${new URLSearchParams(query)}`, { key });
const names = async (query: Record<string, string>, key = masterKey) =>
  (await list(query, key)).body.items.map(({ name }) => name);
const inDays = (days: number) => new Date(app.clock.now().getTime() + days * 86_400_000).toISOString();

describe("the list of keys", () => {
  it("is found by part of a key's name, its prefix or its agent's name, by kind, and revoked ones apart", async () => {
    const agent = await app.agent(masterKey, "mailroom");
    const old = await create({ name: "Deploy job" });
    await create({ name: "Nightly report", agentId: agent.id });
    await app.call("DELETE", `/v1/api-keys/${old.id}`, { key: masterKey });

    expect(await names({ search: "NIGHT" })).toEqual(["Nightly report"]);
    expect(await names({ search: "mailroom" })).toEqual(["Nightly report", "Agent key"]);
    expect(await names({ search: agent.key.slice(0, 9) })).toEqual(["Agent key"]);
    expect(await names({ kind: "MASTER" })).toEqual(["Master key"]);
    expect(await names({ onlyRevoked: "true" })).toEqual(["Deploy job"]);
    expect(await names({ search: "deploy" })).toEqual([]);
    expect(await names({ search: "deploy", includeRevoked: "true" })).toEqual(["Deploy job"]);
    expect(await names({ search: "o", agentId: agent.id })).toEqual(["Nightly report", "Agent key"]);
    expect((await list({ kind: "AGENT" })).body.items[0]).toMatchObject({ agentId: agent.id, agentName: "mailroom" });

    const other = await app.organisation();
    expect(await names({ search: "mailroom", includeRevoked: "true" }, other.masterKey)).toEqual([]);
    expect(await names({ agentId: agent.id }, other.masterKey)).toEqual([]);
  });

  it("is sorted by age, name or expiry, in both directions; what never expires comes last", async () => {
    await create({ name: "beta", expiresAt: inDays(2) });
    await create({ name: "Alpha", expiresAt: inDays(1) });
    expect(await names({})).toEqual(["Alpha", "beta", "Master key"]);
    expect(await names({ order: "asc" })).toEqual(["Master key", "beta", "Alpha"]);
    expect(await names({ sort: "name" })).toEqual(["Alpha", "beta", "Master key"]);
    expect(await names({ sort: "expires" })).toEqual(["Alpha", "beta", "Master key"]);
    expect(await names({ sort: "expires", order: "desc" })).toEqual(["Master key", "beta", "Alpha"]);
    const first = await list({ sort: "expires", limit: "1" });
    const cursor = first.body.pagination.nextCursor ?? "";
    expect(await names({ sort: "expires", limit: "1", cursor })).toEqual(["beta"]);
    for (const query of [{ sort: "name" }, { sort: "expires", order: "desc" }, {}]) {
      expect(await list({ ...query, cursor })).toMatchObject({
        status: 400,
        body: { details: { fields: [{ field: "cursor" }] } },
      });
    }
  });

  it("gives every key exactly once and in order, whatever the keys, the page size and the order", async () => {
    const day = fc.option(fc.integer({ min: 1, max: 3 }), { nil: null });
    const made = fc.record({ name: fc.constantFrom("a", "A", "ö", "aÖ"), expires: day, isRevoked: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(made, { maxLength: 25 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(...KEY_SORTS),
        fc.constantFrom("asc", "desc"),
        fc.constantFrom({}, { includeRevoked: "true" }, { onlyRevoked: "true" }, { search: "ö" }),
        async (keys, limit, sort, order, filter: Record<string, string>) => {
          ({ orgId, masterKey } = await app.organisation());
          await app.runtime.db.pool.query(
            `INSERT INTO api_key (org_id, id, kind, is_primary, name, prefix, hash, scopes, expires_at, revoked_at, created_at)
              SELECT $1, lpad(n::text, 26, '0'), 'MASTER', false, name, 'mk_', sha256(convert_to($1 || n, 'UTF8')), '{*}',
                now() + days * interval '1 day', CASE WHEN revoked THEN now() END, now()
              FROM unnest($2::text[], $3::integer[], $4::boolean[]) WITH ORDINALITY AS made (name, days, revoked, n)`,
            [orgId, keys.map((key) => key.name), keys.map((key) => key.expires), keys.map((key) => key.isRevoked)],
          );
          const ids: string[] = [];
          for (let cursor: string | null = ""; cursor !== null; ) {
            const { body } = await list({
              ...filter,
              limit: String(limit),
              sort,
              order,
              ...(cursor ? { cursor } : {}),
            });
            ids.push(...body.items.map(({ id }) => id));
            cursor = body.pagination.nextCursor;
          }
          const by = { created: "id", name: "lower(name)", expires: "coalesce(expires_at, 'infinity')" }[sort];
          const shown = filter.onlyRevoked
            ? "revoked_at IS NOT NULL"
            : `${filter.includeRevoked ? "true" : "revoked_at IS NULL"} AND name ILIKE '%${filter.search ?? ""}%'`;
          const { rows } = await app.runtime.db.pool.query<{ id: string }>(
            `SELECT id FROM api_key WHERE org_id = $1 AND ${shown} ORDER BY ${by} ${order}, id ${order}`,
            [orgId],
          );
          expect(ids).toEqual(rows.map(({ id }) => id));
        },
      ),
      { numRuns: 50 },
    );
  });
});
