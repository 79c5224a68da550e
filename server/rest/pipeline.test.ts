import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../test/support/app.ts";

let app: TestApp;
let masterKey: string;

beforeAll(async () => {
  app = await startTestApp();
  ({ masterKey } = await app.organisation());
});
afterAll(() => app.close());

describe("the pipeline", () => {
  it("answers a known key, with ids and both limits on the answer", async () => {
    const { status, headers, body } = await app.call("GET", "/v1/orgs/me", {
      key: masterKey,
      correlationId: "corr_mine",
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ tier: "ENTERPRISE", masterKey: "" });
    expect(headers.get("x-request-id")).toMatch(/^req_/);
    expect(headers.get("x-correlation-id")).toBe("corr_mine");
    expect(headers.get("x-ratelimit-limit")).toBe("60000");
    expect(headers.get("x-ratelimit-sec-remaining")).toBe("9999");
  });

  it("refuses a key that nobody holds, and takes it from either header", async () => {
    const unknown = await app.call("GET", "/v1/orgs/me", { key: "ak_nobody" });
    expect(unknown).toMatchObject({ status: 401, body: { code: "UNAUTHORIZED" } });
    const other = await app.call("GET", "/v1/orgs/me", { headers: { "x-api-key": masterKey } });
    expect(other.status).toBe(200);
  });

  it("answers an unknown route with a problem, and a wrong method with the right ones", async () => {
    expect(await app.call("GET", "/v1/nothing")).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
    const wrong = await app.call("DELETE", "/v1/orgs/me", { key: masterKey });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get("allow")).toBe("GET, PATCH");
  });
});
