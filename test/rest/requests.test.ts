import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startThings, type Things } from "./support/things.ts";

let things: Things;
let key: string;

beforeAll(async () => {
  things = await startThings();
  key = (await things.app.organisation()).masterKey;
});
afterAll(() => things.close());

const lastSegment = (path: string) => decodeURIComponent(path.slice(path.lastIndexOf("/") + 1));

describe("a path", () => {
  it.each([
    "/v1",
    "/v1/",
    "/v1/nothing",
    "/v1/things/",
    "/v1//things",
    "/v1/things/1/2",
    "/v1/THINGS",
    "/v1/otherXthings",
  ])("that nothing answers is a problem, not a web page: %s", async (path) => {
    for (const method of ["GET", "POST"]) {
      const { status, headers, body } = await things.call(method, path, { key });
      expect(status).toBe(404);
      expect(headers.get("content-type")).toBe("application/problem+json");
      expect(body).toMatchObject({ code: "NOT_FOUND", details: { resource: "route" }, instance: path });
    }
  });

  it("may be escaped, and so may what it holds", async () => {
    expect((await things.call("GET", "/v1/th%69ngs", { key })).status).toBe(200);
    const { body } = await things.call("GET", "/v1/things/a%20%2Fb%C3%A4", { key });
    expect(body).toMatchObject({ id: "a /bä" });
  });

  it("may not hold what cannot be stored", async () => {
    const { status, body } = await things.call("GET", "/v1/things/a%00b", { key });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "VALIDATION_ERROR", details: { fields: [{ field: "id" }] } });
  });

  it.each(["/v1/things/%FF", "/v1/things/%ED%A0%80", "/v1/things/%E0%A4%A"])(
    "with an escape that is not UTF-8 is refused: %s",
    async (path) => {
      expect(() => lastSegment(path)).toThrow();
      const { status, body } = await things.call("GET", path, { key });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: "VALIDATION_ERROR", details: { fields: [{ field: "path" }] } });
    },
  );
});

describe("a method", () => {
  it.each([
    ["PUT", "/v1/things", "GET, POST"],
    ["DELETE", "/v1/things", "GET, POST"],
    ["OPTIONS", "/v1/things", "GET, POST"],
    ["POST", "/v1/things/1", "DELETE, GET, PATCH, PUT"],
    ["GET", "/v1/open-things", "POST"],
    ["HEAD", "/v1/open-things", "POST"],
    ["PROPFIND", "/v1/things", "GET, POST"],
    ["DELETE", "/v1/openapi.json", "GET"],
  ])("that the path lacks is refused, with those that it has: %s %s", async (method, path, allowed) => {
    const { status, headers, body } = await things.call(method, path, { key });
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe(allowed);
    if (method !== "HEAD") {
      expect(body).toMatchObject({ code: "METHOD_NOT_ALLOWED", details: { allowed: allowed.split(", ") } });
    }
    expect((await things.written()).things).toBe(0);
  });

  it("HEAD is GET without the body", async () => {
    const request = { method: "HEAD", headers: { authorization: `Bearer ${key}` } };
    const response = await things.fetch(new Request("http://anima.test/v1/things", request));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("x-request-id")).toMatch(/^req_/);
    expect(await response.text()).toBe("");
  });
});

describe("a query", () => {
  it.each([
    ["labels[0]=a&labels[1]=b", { labels: ["a", "b"] }],
    ["labels=a&labels=b", { labels: ["a", "b"] }],
    ["labels=a", { labels: "a" }],
    ["capabilities[]=sms", { capabilities: ["sms"] }],
    ["dateRange.from=2026-01-01&dateRange.to=2026-02-01", { dateRange: { from: "2026-01-01", to: "2026-02-01" } }],
    ["dateRange[from]=2026-01-01", { dateRange: { from: "2026-01-01" } }],
    ["q=a+b%26c%3D%C3%A4&empty=", { q: "a b&c=ä", empty: "" }],
  ])("is understood in the form %s", async (query, expected) => {
    const { status, body } = await things.call("GET", `/v1/things?${query}`, { key });
    expect(status).toBe(200);
    expect(body).toEqual(expected);
  });

  it.each([
    ["__proto__[a]=1", {}],
    ["a[__proto__]=1&b=2", { b: "2" }],
    ["toString=1", {}],
  ])("cannot reach a prototype: %s", async (query, expected) => {
    const { body } = await things.call("GET", `/v1/things?${query}`, { key });
    expect(body).toMatchObject(expected);
    expect(({} as { a?: string }).a).toBeUndefined();
  });

  it.each([
    ["U+0000", "q=a%00b", "q"],
    ["U+0000 inside", "a[b][]=%00", "a.b.0"],
    ["bytes that are not UTF-8", "q=%FF", "query"],
    ["half of a surrogate pair", "q=%ED%A0%80", "query"],
    ["a broken escape", "q=100%", "query"],
    ["too many parameters", Array.from({ length: 300 }, (_, n) => `p${n}=1`).join("&"), "query"],
    ["too many levels", "a[b][c][d][e][f]=1", "query"],
    ["too many values", Array.from({ length: 150 }, () => "a[]=1").join("&"), "query"],
  ])("is refused when it holds %s", async (_what, query, field) => {
    for (const [method, path] of [
      ["GET", "/v1/things"],
      ["POST", "/v1/things"],
    ] as const) {
      const { status, body } = await things.call(method, `${path}?${query}`, { key });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: "VALIDATION_ERROR", details: { fields: [{ field }] } });
    }
    expect((await things.written()).things).toBe(0);
  });
});

describe("the media type of a problem", () => {
  it.each([
    [undefined, "application/problem+json"],
    ["*/*", "application/problem+json"],
    ["text/html", "application/problem+json"],
    ["application/json", "application/json"],
    ["Application/JSON;q=0.9, text/plain", "application/json"],
    ["application/json, application/problem+json", "application/problem+json"],
    ["application/problem+json", "application/problem+json"],
  ])("for Accept: %s is %s", async (accept, expected) => {
    const { headers, body } = await things.call("GET", "/v1/nothing", { headers: accept ? { accept } : {} });
    expect(headers.get("content-type")).toBe(expected);
    expect(body).toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a problem", () => {
  it("says everything in all the forms that clients read, and nothing of an unknown error", async () => {
    const { status, headers, body } = await things.call("POST", "/v1/things", { key, body: { end: "broken" } });
    expect(status).toBe(500);
    const message = expect.not.stringContaining("broken");
    expect(body).toEqual({
      type: "http://localhost:3000/docs/errors/internal-error",
      title: "Internal Error",
      status: 500,
      detail: message,
      instance: "/v1/things",
      code: "INTERNAL_ERROR",
      details: {},
      requestId: headers.get("x-request-id"),
      error: { code: "INTERNAL_ERROR", message, details: {} },
      message,
      data: {},
    });
    expect(headers.get("cache-control")).toBe("no-store");
  });
});

describe("the correlation id", () => {
  const post = (body: object, correlationId?: string) =>
    things.call("POST", "/v1/things", { key, body, ...(correlationId ? { correlationId } : {}) });

  it.each([
    ["correlationId", { correlationId: "from-body" }],
    ["correlation_id", { correlation_id: "from-body" }],
    ["metadata.correlation_id", { metadata: { correlation_id: "from-body" } }],
  ])("is taken from %s, and the header wins", async (field, body) => {
    const named = await post(body);
    expect(named.headers.get("x-correlation-id")).toBe("from-body");
    expect(named.body).toMatchObject({ correlationId: "from-body" });
    const both = await post(body, "from-header");
    expect(both.headers.get("x-correlation-id")).toBe("from-header");
    expect(both.body).toMatchObject({ correlationId: "from-header" });
    const bad = await post(JSON.parse(JSON.stringify(body).replace("from-body", "with space")));
    expect(bad.body).toMatchObject({ code: "VALIDATION_ERROR", details: { fields: [{ field }] } });
  });

  it("is made where none is given, and refused where it cannot be kept", async () => {
    expect((await post({})).headers.get("x-correlation-id")).toMatch(/^corr_/);
    const before = (await things.written()).things;
    for (const given of ["with space", "x".repeat(129), "é"]) {
      const { status, headers, body } = await post({}, given);
      expect(status).toBe(400);
      expect(body).toMatchObject({ details: { fields: [{ field: "x-correlation-id" }] } });
      expect(headers.get("x-correlation-id")).toMatch(/^corr_/);
    }
    expect((await things.written()).things).toBe(before);
  });
});
