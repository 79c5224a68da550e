import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueKey } from "#server/domain/api-keys/issue.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import type { Quota, RateLimits } from "#server/platform/rate-limit.ts";
import { TIER_LIMITS, TIERS } from "#server/platform/tiers.ts";
import { createRestApp } from "#server/rest/app.ts";
import { caller, startThings, type Things } from "./support/things.ts";

let things: Things;

beforeAll(async () => {
  things = await startThings({ TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.9" });
});
afterAll(() => things.close());

const NAMES = ["X-RateLimit", "X-RateLimit-Sec"].flatMap((name) => [
  `${name}-Limit`,
  `${name}-Remaining`,
  `${name}-Reset`,
]);

function remaining(headers: Headers): [minute: number, second: number] {
  return [Number(headers.get("X-RateLimit-Remaining")), Number(headers.get("X-RateLimit-Sec-Remaining"))];
}

/** The pipeline with limits that answer what a test says. */
function withQuota(quota: (name: string) => Partial<Quota>): Things["call"] {
  const answer: RateLimits["take"] = async (name, _key, limit) => ({
    limit,
    remaining: 0,
    resetSeconds: 7,
    exceeded: false,
    ...quota(name),
  });
  const rateLimits: RateLimits = {
    take: answer,
    look: answer,
    close: async () => {},
  };
  const app = createRestApp({ ...things.app.runtime, rateLimits });
  return caller(async (request) => app.fetch(request));
}

describe("both limits", () => {
  it.each(TIERS)("are those of the plan %s", async (tier) => {
    const { masterKey } = await things.app.organisation(tier);
    const { headers } = await things.call("GET", "/v1/things", { key: masterKey });
    const { requestsPerMinute, requestsPerSecond } = TIER_LIMITS[tier];
    expect(headers.get("X-RateLimit-Limit")).toBe(String(requestsPerMinute));
    expect(headers.get("X-RateLimit-Sec-Limit")).toBe(String(requestsPerSecond));
    expect(remaining(headers)).toEqual([requestsPerMinute - 1, requestsPerSecond - 1]);
    expect(headers.get("RateLimit-Policy")).toBe(
      `"minute";q=${requestsPerMinute};w=60, "second";q=${requestsPerSecond};w=1`,
    );
    expect(headers.get("RateLimit")).toMatch(/^"minute";r=\d+;t=\d+, "second";r=\d+;t=\d+$/);
    const now = things.app.clock.now().getTime() / 1000;
    expect(Number(headers.get("X-RateLimit-Reset")) - now).toBeLessThanOrEqual(61);
    expect(Number(headers.get("X-RateLimit-Sec-Reset")) - now).toBeLessThanOrEqual(2);
  });

  it("stand on every answer, whatever it is", async () => {
    const { masterKey: key } = await things.app.organisation();
    const answers = await Promise.all([
      things.call("GET", "/v1/things", { key }),
      things.call("GET", "/v1/things"),
      things.call("GET", "/v1/things", { key: "mk_nobody" }),
      things.call("GET", "/v1/nothing", { key }),
      things.call("PUT", "/v1/things", { key }),
      things.call("POST", "/v1/things", { key, raw: "{", idempotencyKey: "a" }),
      things.call("POST", "/v1/things", { key, headers: { "content-length": "99999999" }, raw: "{}" }),
      things.call("POST", "/v1/things", { key, body: { end: "broken" } }),
      things.call("POST", "/v1/things", { key, body: { end: "refused" }, idempotencyKey: "b" }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401, 404, 405, 400, 413, 500, 409]);
    for (const { headers } of answers) {
      for (const name of NAMES) expect(headers.get(name)).toMatch(/^\d+$/);
      expect(headers.get("x-request-id")).toMatch(/^req_/);
      expect(headers.get("x-correlation-id")).not.toBeNull();
    }
  });

  it.each([
    ["second", "RATE_LIMIT_PER_SECOND", 10_000],
    ["minute", "RATE_LIMIT", 60_000],
  ])("refuse what is over them: per %s", async (window, code, limit) => {
    const { masterKey: key } = await things.app.organisation();
    const call = withQuota((name) => ({ exceeded: name === window, resetSeconds: name === "second" ? 0 : 41 }));
    const { status, headers, body } = await call("GET", "/v1/orgs/me", { key });
    const retryAfter = window === "second" ? 1 : 41;
    expect(status).toBe(429);
    expect(headers.get("retry-after")).toBe(String(retryAfter));
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body).toMatchObject({
      code,
      message: "Rate limit exceeded",
      details: { limit, remaining: 0, retryAfter },
      data: { limit, remaining: 0, retryAfter },
    });
  });

  it("do not count twice: what the second refuses leaves the minute as it is", async () => {
    const { masterKey: key } = await things.app.organisation("STARTER");
    const { rateLimits } = things.app.runtime;
    const usedUp: RateLimits["take"] = async (_name, _key, limit) => ({
      limit,
      remaining: 0,
      resetSeconds: 1,
      exceeded: true,
    });
    const impatient: RateLimits = {
      ...rateLimits,
      take: (name, ...window) => (name === "second" ? usedUp : rateLimits.take)(name, ...window),
    };
    const app = createRestApp({ ...things.app.runtime, rateLimits: impatient });
    const call = caller(async (request) => app.fetch(request));
    const { requestsPerMinute } = TIER_LIMITS.STARTER;
    for (let n = 0; n < 2; n++) {
      const { body, headers } = await call("GET", "/v1/nothing", { key });
      expect(body).toMatchObject({ code: "RATE_LIMIT_PER_SECOND" });
      expect(remaining(headers)).toEqual([requestsPerMinute, 0]);
    }
    const { headers } = await things.call("GET", "/v1/nothing", { key });
    expect(remaining(headers)[0]).toBe(requestsPerMinute - 1);
  });

  it("count for the organisation, whichever of its keys comes", async () => {
    const { orgId, masterKey } = await things.app.organisation("FREE");
    const { runtime } = things.app;
    const fields = { orgId, kind: "AGENT", agentId: "agent", name: "test", isPrimary: false, expiresAt: null } as const;
    const { key } = await openTransaction(runtime, (tx) => issueKey(runtime, tx, { ...fields, scopes: ["*"] }));
    const { requestsPerMinute } = TIER_LIMITS.FREE;
    for (let n = 1; n <= requestsPerMinute; n++) {
      const { status } = await things.call("GET", "/v1/things", { key: n % 2 ? masterKey : key });
      expect(status).toBe(200);
    }
    const before = await things.written();
    for (const each of [masterKey, key]) {
      const { status, body } = await things.call("POST", "/v1/things", { key: each, body: {}, idempotencyKey: "over" });
      expect(status).toBe(429);
      expect(body).toMatchObject({ code: "RATE_LIMIT", details: { limit: requestsPerMinute, remaining: 0 } });
    }
    expect(await things.written()).toEqual(before);
    const { masterKey: another } = await things.app.organisation("FREE");
    expect((await things.call("GET", "/v1/things", { key: another })).status).toBe(200);
  });
});

describe("without a valid key", () => {
  it("the limits of the smallest plan count for the client's address, so that guessing keys is limited too", async () => {
    const guess = (n: number) => things.call("GET", "/v1/things", { key: `mk_guess${n}`, peer: "198.51.100.1" });
    for (let n = 0; n < TIER_LIMITS.FREE.requestsPerMinute; n++) expect((await guess(n)).status).toBe(401);
    expect((await guess(-1)).status).toBe(429);
    const { masterKey: key } = await things.app.organisation();
    expect((await things.call("GET", "/v1/things", { key, peer: "198.51.100.1" })).status).toBe(200);
    expect((await things.call("GET", "/v1/things", { peer: "198.51.100.2" })).status).toBe(401);
  });

  it.each([
    ["a proxy that is trusted", "10.1.2.3", "203.0.113.1", "10.9.9.9", "203.0.113.1"],
    ["a chain of trusted ones", "10.1.2.3", "203.0.113.2, 10.2.2.2", "192.0.2.9", "203.0.113.2, 10.7.7.7"],
    ["a lie before the nearest proxy", "10.1.2.3", "6.6.6.6, 203.0.113.3", "10.1.2.3", "7.7.7.7, 203.0.113.3"],
    ["nobody whom we trust", "203.0.113.4", "6.6.6.6", "203.0.113.4", "7.7.7.7"],
    ["an IPv4 address in IPv6", "203.0.113.5", "", "::ffff:203.0.113.5", ""],
    ["the network of an IPv6 client, who has a whole /64", "2001:db8:1:2::1", "", "2001:db8:1:2:f::9", ""],
  ])("the address is told by %s", async (_who, peer, forwarded, samePeer, sameForwarded) => {
    const call = (from: string, header: string) =>
      things.call("GET", "/v1/nothing", { peer: from, headers: header ? { "x-forwarded-for": header } : {} });
    expect(remaining((await call(peer, forwarded)).headers)[0]).toBe(59);
    expect(remaining((await call(samePeer, sameForwarded)).headers)[0]).toBe(58);
  });

  it("the address behind a trusted proxy is another one for another client", async () => {
    for (const client of ["203.0.113.21", "203.0.113.22"]) {
      const headers = { "x-forwarded-for": client };
      expect(remaining((await things.call("GET", "/v1/nothing", { peer: "10.0.0.1", headers })).headers)[0]).toBe(59);
    }
  });
});
