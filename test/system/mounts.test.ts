import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } from "../../app/v1/[[...path]]/route.ts";
import { type HttpServer, startHttpServer } from "../../server/http/server.ts";
import { DATA_HEADERS } from "../../server/platform/security-headers.ts";
import { setProcessRuntime } from "../../server/process-runtime.ts";
import { startTestApp, type TestApp } from "../support/app.ts";

const inNext = { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT };

type Method = keyof typeof inNext;
type Mount = { name: string; fetch(method: Method, path: string, init: RequestInit): Promise<Response> };
type Init = { key?: string; headers?: Record<string, string>; body?: unknown };

let app: TestApp;
let http: HttpServer;
let mounts: Mount[];
let masterKey: string;
let agent: { id: string; key: string };

beforeAll(async () => {
  app = await startTestApp({ PORT: "0", PUBLIC_URL: "http://anima.test" });
  http = await startHttpServer(app.runtime, null);
  setProcessRuntime(app.runtime);
  masterKey = (await app.organisation()).masterKey;
  agent = await app.agent(masterKey, "scout");
  mounts = [
    {
      name: "mount-a",
      fetch: (method, path, init) => fetch(`http://127.0.0.1:${http.port}${path}`, { ...init, method }),
    },
    {
      name: "mount-b",
      fetch: (method, path, init) => inNext[method](new Request(`http://anima.test${path}`, { ...init, method })),
    },
  ];
});
afterAll(async () => {
  setProcessRuntime(null);
  app.runtime.live.close();
  await http.close();
  await app.close();
});

// What belongs to the connection, not to the answer.
const OF_THE_CONNECTION = ["connection", "content-length", "date", "keep-alive", "transfer-encoding"];

// What the HTTP server puts on an answer that does not say it itself.
const OF_THE_SERVER: Record<string, string> = DATA_HEADERS;

/** An answer without what differs from one request to the next: ids, keys, what is left of the limits. */
async function comparable(response: Response): Promise<unknown> {
  const neutral = (text: string) =>
    text
      .replaceAll(/mount-[ab]/g, "<mount>")
      .replaceAll(/\bak_\w+/g, "<key>")
      .replaceAll(/\b([a-z]+_)?[0-9A-HJKMNP-TV-Z]{26}\b/gi, "<$1id>")
      .replaceAll(/\d+(?=[,;]? ?t=)|(?<=[rt]=)\d+/g, "<n>");
  const headers = [...response.headers]
    .filter(([name, value]) => !OF_THE_CONNECTION.includes(name) && OF_THE_SERVER[name] !== value)
    .map(([name, value]) => [name, /^x-ratelimit.*-(remaining|reset)$/.test(name) ? "<n>" : neutral(value)]);
  return { status: response.status, headers: headers.sort(), body: neutral(await response.text()) };
}

/** The same request, or series of requests, through both mounts: the answers must be equal. */
async function both(series: (mount: Mount) => [method: Method, path: string, init?: Init][]) {
  const answers = [];
  for (const mount of mounts) {
    const own = [];
    for (const [method, path, { key, headers, body } = {}] of series(mount)) {
      const response = await mount.fetch(method, path, {
        headers: {
          ...(key ? { authorization: `Bearer ${key}` } : {}),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      own.push(await comparable(response));
    }
    answers.push(own);
  }
  expect(answers[1]).toEqual(answers[0]);
  return answers[0] as { status: number; headers: [string, string][]; body: string }[];
}

const mail = { to: "ada@people.test", subject: "Hello", body: "Hello." };

describe("the mount ahead of Next and the one inside it answer the same", () => {
  it("to a read", async () => {
    const [answer] = await both(() => [["GET", "/v1/orgs/me", { key: masterKey }]]);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer?.headers.map(([name]) => name)).toContain("x-ratelimit-sec-remaining");
  });

  it("to a send and its replay, and to the same key with another body", async () => {
    const [first, replay, conflict] = await both(({ name }) => [
      ["POST", "/v1/email/send", { key: agent.key, headers: { "idempotency-key": `key-${name}` }, body: mail }],
      ["POST", "/v1/email/send", { key: agent.key, headers: { "idempotency-key": `key-${name}` }, body: mail }],
      [
        "POST",
        "/v1/email/send",
        { key: agent.key, headers: { "idempotency-key": `key-${name}` }, body: { ...mail, subject: "Another" } },
      ],
    ]);
    expect(first?.status).toBe(201);
    expect(replay).toMatchObject({ status: 201, body: first?.body });
    expect(replay?.headers).toContainEqual(["idempotent-replayed", "true"]);
    expect(conflict?.status).toBe(409);
    expect(conflict?.body).toContain("IDEMPOTENCY_BODY_MISMATCH");
  });

  it("to a verb that makes something, with the caller's correlation id", async () => {
    const [made] = await both(({ name }) => [
      [
        "POST",
        "/v1/agents",
        {
          key: masterKey,
          headers: { "x-correlation-id": `trip-${name}`, "idempotency-key": `agent-${name}` },
          body: {
            name: `Agent ${name}`,
            email: `agent-${name}@agents.test`,
            apiKeyName: "unknown members are ignored",
          },
        },
      ],
    ]);
    expect(made?.status).toBe(201);
    expect(made?.headers).toContainEqual(["x-correlation-id", "trip-<mount>"]);
  });

  it.each<[string, number, [Method, string, Init?]]>([
    ["a wrong field", 400, ["POST", "/v1/email/send", { body: { ...mail, to: "nobody" } }]],
    ["broken JSON", 400, ["POST", "/v1/email/send", { body: '{"to": ' }]],
    ["a wrong query", 400, ["GET", "/v1/email?limit=many"]],
    ["a missing message", 404, ["GET", "/v1/email/01JCZ8M3V0N7Q2AAAAAAAAAAAA"]],
    ["an unknown route", 404, ["GET", "/v1/no/such/route"]],
    ["the bare prefix", 404, ["GET", "/v1"]],
    ["a method that the route lacks", 405, ["PUT", "/v1/email/send", { body: mail }]],
    ["query lists in brackets", 200, ["GET", "/v1/messages?labels[0]=read&labels[1]=sent"]],
    ["HEAD", 200, ["HEAD", "/v1/orgs/me"]],
    ["OPTIONS", 405, ["OPTIONS", "/v1/orgs/me"]],
    ["DELETE with a body", 404, ["DELETE", "/v1/inboxes/01JCZ8M3V0N7Q2AAAAAAAAAAAA", { body: { force: true } }]],
    ["the description of the API", 200, ["GET", "/v1/openapi.json"]],
  ])("to %s", async (_what, status, [method, path, init]) => {
    const [answer] = await both(() => [[method, path, { key: masterKey, ...init }]]);
    expect(answer?.status).toBe(status);
  });

  it("to a missing and to a wrong key", async () => {
    const [missing, wrong] = await both(() => [
      ["GET", "/v1/orgs/me"],
      ["GET", "/v1/orgs/me", { key: "ak_wrong" }],
    ]);
    expect(missing).toMatchObject({ status: 401 });
    expect(wrong).toMatchObject({ status: 401 });
  });

  it("to a follower of the stream", async () => {
    const opened = await Promise.all(
      mounts.map(async (mount) => {
        const response = await mount.fetch("GET", "/v1/events/stream", {
          headers: { authorization: `Bearer ${masterKey}`, "last-event-id": "0" },
        });
        const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
        let text = "";
        while (!/\n\n.*\n\n/s.test(text)) text += (await reader?.read())?.value ?? "";
        await reader?.cancel();
        return comparable(new Response(text, response));
      }),
    );
    expect(opened[1]).toEqual(opened[0]);
    expect(opened[0]).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^: connected\nretry: 1000\n\nid: 1\n/),
    });
  });
});
