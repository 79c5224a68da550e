import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../../test/support/app.ts";
import { DomainError, ERRORS, type ErrorCode } from "../domain/errors.ts";
import { toTrpcError, viewError } from "./errors.ts";
import { createTrpcHandler } from "./handler.ts";
import { consoleOf } from "./test-support.ts";

let app: TestApp;
let masterKey: string;
let cookie: string;
let browser: ReturnType<typeof consoleOf>;
beforeAll(async () => {
  app = await startTestApp();
  ({ masterKey } = await app.organisation());
  browser = consoleOf(app);
  cookie = await browser.signIn(masterKey);
});
afterAll(() => app.close());

describe("agents, through the verbs of the REST API", () => {
  test("an agent made here works there, is paused here, and is gone after its deletion", async () => {
    const made = (await browser.mutate("agents.create", { name: "Wire" }, { cookie })).body.result.data;
    const asAgent = () => app.call("GET", `/v1/agents/${made.id}`, { key: made.apiKey });
    expect(await asAgent()).toMatchObject({ status: 200, body: { status: "ACTIVE" } });

    await browser.mutate("agents.update", { id: made.id, status: "PAUSED" }, { cookie });
    expect(await asAgent()).toMatchObject({ body: { status: "PAUSED" } });

    const rotated = (await browser.mutate("agents.rotateKey", { id: made.id }, { cookie })).body.result.data;
    expect((await asAgent()).status).toBe(401);
    expect((await app.call("GET", `/v1/agents/${made.id}`, { key: rotated.apiKey })).status).toBe(200);

    await browser.mutate("agents.delete", { id: made.id }, { cookie });
    expect((await app.call("GET", `/v1/agents/${made.id}`, { key: masterKey })).status).toBe(404);
    const events = await browser.query("events.list", { agentId: made.id, order: "asc" }, { cookie });
    const acts = events.body.result.data.items.map((event: { event: string; actorType: string }) => [
      event.event,
      event.actorType,
    ]);
    expect(acts).toEqual([
      ["agent.created", "USER"],
      ["agent.paused", "USER"],
      ["key.rotated", "USER"],
      ["agent.deleted", "USER"],
    ]);
  });

  test("another organisation's agent is not there", async () => {
    const other = await app.organisation();
    const agent = await app.agent(other.masterKey);
    for (const answer of [
      await browser.query("agents.get", { id: agent.id }, { cookie }),
      await browser.mutate("agents.update", { id: agent.id, status: "PAUSED" }, { cookie }),
      await browser.mutate("agents.rotateKey", { id: agent.id }, { cookie }),
      await browser.mutate("agents.delete", { id: agent.id }, { cookie }),
    ]) {
      expect([answer.status, answer.body.error.data.error.code]).toEqual([404, "NOT_FOUND"]);
    }
    expect(await app.call("GET", `/v1/agents/${agent.id}`, { key: agent.key })).toMatchObject({
      body: { status: "ACTIVE" },
    });
  });
});

describe("what another site makes a browser send", () => {
  const foreign: Record<string, Record<string, string>> = {
    "says so": { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    "comes from a sibling host": { "sec-fetch-site": "same-site", origin: "http://other.console.test" },
    "names a foreign origin": { "sec-fetch-site": "", origin: "https://evil.example", host: "console.test" },
    "has an opaque origin": { "sec-fetch-site": "", origin: "null", host: "console.test" },
    "names nothing": { "sec-fetch-site": "" },
  };
  for (const [name, headers] of Object.entries(foreign)) {
    test(`a mutation that ${name} does nothing`, async () => {
      const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ""));
      const response = await createTrpcHandler(app.runtime)(
        new Request("http://console.test/api/trpc/agents.create", {
          method: "POST",
          headers: { "content-type": "application/json", cookie, ...sent },
          body: JSON.stringify({ name: "Forged" }),
        }),
      );
      expect(response.status).toBe(403);
      const list = await browser.query("agents.list", { query: "Forged" }, { cookie });
      expect(list.body.result.data.items).toEqual([]);
    });
  }

  test("an old browser's own page is believed by its origin", async () => {
    const response = await createTrpcHandler(app.runtime)(
      new Request("http://console.test/api/trpc/session.signOut", {
        method: "POST",
        headers: { "content-type": "application/json", origin: "http://console.test", host: "console.test" },
        body: "{}",
      }),
    );
    expect(response.status).toBe(200);
  });
});

describe("errors", () => {
  test("a refusal of a verb arrives with code, fields and request id", async () => {
    const answer = await browser.mutate("agents.create", { name: "", slug: "Not A Slug" }, { cookie });
    expect(answer.status).toBe(400);
    const { error } = answer.body.error.data;
    expect(error).toMatchObject({ code: "VALIDATION_ERROR", retryable: false, docs: "/docs/errors/validation-error" });
    expect(error.details.fields.map((problem: { field: string }) => problem.field)).toEqual(["name", "slug"]);
    expect(error.requestId).toBe(answer.headers.get("x-request-id"));
  });

  test("text that the database cannot hold is refused before any verb sees it", async () => {
    const answer = await browser.mutate("agents.create", { name: "a\u0000b" }, { cookie });
    expect([answer.status, answer.body.error.data.error.code]).toEqual([400, "VALIDATION_ERROR"]);
  });

  test("a procedure that does not exist, and a body that is not JSON, are precise refusals", async () => {
    expect((await browser.query("agents.explode", {}, { cookie })).body.error.data.error.code).toBe("NOT_FOUND");
    const response = await createTrpcHandler(app.runtime)(
      new Request("http://console.test/api/trpc/agents.create", {
        method: "POST",
        headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", cookie },
        body: "{",
      }),
    );
    const body = (await response.json()) as { error: { data: { error: { code: string } } } };
    expect([response.status, body.error.data.error.code]).toEqual([400, "BAD_REQUEST"]);
  });

  test("every code of the registry has the status of the REST API", () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const error = toTrpcError(new DomainError(code, "because"));
      // tRPC has no name for 431; it is the HTTP parser's, which answers before tRPC sees anything.
      const { status } = ERRORS[code];
      expect(getHTTPStatusCodeFromError(error), code).toBe(status === 431 ? 400 : status);
      expect(viewError(error, "req_1")).toMatchObject({ code, detail: "because", requestId: "req_1" });
    }
  });

  test("of an unknown error nothing is shown", () => {
    const view = viewError(toTrpcError(new Error("password=hunter2 at 10.0.0.7")), "req_1");
    expect(view.code).toBe("INTERNAL_ERROR");
    expect(JSON.stringify(view)).not.toMatch(/hunter2|10\.0\.0\.7/);
  });
});
