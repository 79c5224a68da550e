import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { reserve } from "#server/domain/billing/reservations.ts";
import { ERRORS, type ErrorCode } from "#server/domain/errors.ts";
import { CLAIM_SQL, claimParameters } from "#server/domain/idempotency/claim.ts";
import { keyWithScopes, makeAgent, type TestAgent } from "#server/domain/messages/test-support.ts";
import { readConfig } from "#server/platform/config.ts";
import { createRestApp } from "#server/rest/app.ts";
import { answerClientError } from "#server/rest/client-error.ts";
import { openRuntime } from "#server/runtime.ts";
import { type Answer, startTestApp, type TestApp } from "../support/app.ts";
import { answerLookUps } from "../support/look-ups.ts";
import { cuttable } from "./support/cuttable.ts";
import { type Dial, dialler } from "./support/gated.ts";
import { caller } from "./support/things.ts";

type Refusal = Pick<Answer, "status" | "body">;

let app: TestApp;
let agent: TestAgent;
let dial: Dial;

beforeAll(async () => {
  app = await startTestApp();
  agent = await makeAgent(app);
  answerLookUps(app).answers.set("+14155550155", { reassigned: "yes" });
  dial = dialler(app);
});
afterAll(() => app.close());

const post = (path: string, body: unknown, more: object = {}) =>
  app.call("POST", path, { key: agent.masterKey, body, ...more });
const mail = (to: string) => ({ to, subject: "a", body: "a" });

/** How each error of the registry comes about. One that is new has no line here, and this does not compile. */
const PRODUCED: Record<ErrorCode, () => Promise<Refusal>> = {
  BAD_REQUEST: () => post("/v1/agents", "{"),
  VALIDATION_ERROR: () => post("/v1/agents", { name: 1 }),
  INVALID_IDEMPOTENCY_KEY: () => post("/v1/agents", { name: "a" }, { idempotencyKey: "x".repeat(256) }),
  UNAUTHORIZED: () => app.call("GET", "/v1/agents", { key: "mk_nobody" }),
  PAYMENT_REQUIRED: async () => {
    const { masterKey: key } = await app.organisation("FREE");
    for (let n = 0; n < 3; n++) await app.agent(key);
    return app.call("POST", "/v1/agents", { key, body: { name: "one too many" } });
  },
  VOICE_DAILY_CAP_EXCEEDED: () => afterCallsOn(["2027-03-05"], "2027-03-05T12:00:00-08:00"),
  VOICE_MONTHLY_CAP_EXCEEDED: () =>
    afterCallsOn(
      ["01", "02", "03", "04", "05"].map((day) => `2027-03-${day}`),
      "2027-03-06T12:00:00-08:00",
    ),
  DESTINATION_NOT_ALLOWED: () => dialAtNoon({ to: "911" }),
  CONSENT_REQUIRED: () => dialAtNoon({ metadata: {} }),
  DO_NOT_CALL: async () => {
    await post("/v1/phone/dnc", { phoneNumber: "+14155550149" });
    return dialAtNoon({ to: "+14155550149" });
  },
  NUMBER_REASSIGNED: () => dialAtNoon({ to: "+14155550155" }),
  OUTSIDE_CALLING_HOURS: () => dialAt("2026-11-24T03:00:00-08:00", {}),
  PHONE_NOT_PROVISIONED: () => dialAtNoon({ from: null }),
  VOICE_RATE_LIMIT_EXCEEDED: () => tooOften("voice", "+14155550103", 3),
  SMS_RATE_LIMIT_EXCEEDED: () => tooOften("sms", "+14155550108", 8),
  FORBIDDEN: async () => app.call("GET", "/v1/agents", { key: await keyWithScopes(app, agent, ["email:read"]) }),
  MASTER_KEY_REQUIRED: () => app.call("POST", "/v1/agents", { key: agent.key, body: { name: "a" } }),
  AGENT_PAUSED: async () => {
    const paused = await makeAgent(app, agent);
    await app.call("PATCH", `/v1/agents/${paused.id}`, { key: agent.masterKey, body: { status: "PAUSED" } });
    return app.call("POST", "/v1/email/send", { key: paused.key, body: mail("a@example.com") });
  },
  ORG_STOPPED: async () => {
    const stopped = await makeAgent(app);
    await app.call("POST", `/v1/orgs/${stopped.orgId}/stop`, { key: stopped.masterKey });
    return app.call("POST", "/v1/email/send", { key: stopped.key, body: mail("a@example.com") });
  },
  NOT_FOUND: () => app.call("GET", "/v1/agents/nobody", { key: agent.masterKey }),
  METHOD_NOT_ALLOWED: () => app.call("PUT", "/v1/agents", { key: agent.masterKey }),
  CONFLICT: () => post("/v1/agents", { name: "a", email: agent.email }),
  IDEMPOTENCY_BODY_MISMATCH: async () => {
    await post("/v1/agents", { name: "a" }, { idempotencyKey: "reused" });
    return post("/v1/agents", { name: "b" }, { idempotencyKey: "reused" });
  },
  IDEMPOTENCY_IN_PROGRESS: () => whileClaimed("busy", (call) => call("/v1/agents", { name: "a" }, "busy")),
  RECIPIENT_NOT_VERIFIED: async () => {
    const body = { human_email: "human@example.com", username: "signed-up" };
    const signedUp = await app.call<{ api_key: string }>("POST", "/v1/agent/sign-up", { body });
    return app.call("POST", "/v1/email/send", { key: signedUp.body.api_key, body: mail("stranger@example.com") });
  },
  PAYLOAD_TOO_LARGE: () => post("/v1/agents", { name: "a" }, { headers: { "content-length": String(31 * 2 ** 20) } }),
  UNSUPPORTED_MEDIA_TYPE: () => post("/v1/agents", "name=a", { headers: { "content-type": "text/plain" } }),
  RATE_LIMIT: async () => {
    const { masterKey: key } = await app.organisation("FREE");
    for (let n = 0; n < 60; n++) await app.call("GET", "/v1/orgs/me", { key });
    return app.call("GET", "/v1/orgs/me", { key });
  },
  RATE_LIMIT_PER_SECOND: async () => {
    const { masterKey: key } = await app.organisation("STARTER");
    const answers = await Promise.all(Array.from({ length: 250 }, () => app.call("GET", "/v1/orgs/me", { key })));
    return answers.find(({ status }) => status === 429) as Refusal;
  },
  HEADERS_TOO_LARGE: tooMuchHeader,
  INTERNAL_ERROR: async () => {
    const { pool } = app.runtime.db;
    await pool.query("ALTER TABLE thread RENAME TO thread_gone");
    const answer = await app.call("GET", "/v1/threads/1", { key: agent.masterKey });
    await pool.query("ALTER TABLE thread_gone RENAME TO thread");
    return answer;
  },
  PHONE_PROVIDER_ERROR: async () => {
    const env = {
      CARRIER: "twilio",
      PUBLIC_URL: "https://anima.test",
      TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`,
      TWILIO_AUTH_TOKEN: "0".repeat(32),
      // Nobody listens there.
      TWILIO_API_BASE: "http://127.0.0.1:9",
    };
    const { carrier } = readConfig(env);
    const runtime = await openRuntime({ ...app.runtime.config, carrier }, app.databaseUrl);
    const call = caller(async (request) => createRestApp(runtime).fetch(request));
    const answer = await call("GET", "/v1/phone/search?areaCode=212", { key: agent.masterKey });
    await runtime.close();
    return answer;
  },
  SERVICE_UNAVAILABLE: async () => {
    const way = await cuttable(app.databaseUrl);
    const runtime = await openRuntime(app.runtime.config, way.url);
    await way.cut();
    const rest = createRestApp(runtime);
    const answer = await caller(async (request) => rest.fetch(request))("GET", "/v1/agents", { key: agent.masterKey });
    await runtime.close();
    return answer;
  },
};

it.each(Object.entries(PRODUCED) as [ErrorCode, () => Promise<Refusal>][])("%s", async (code, produce) => {
  const { status, body } = await produce();
  expect(body).toMatchObject({
    type: expect.stringMatching(new RegExp(`/docs/errors/${code.toLowerCase().replaceAll("_", "-")}$`)),
    title: ERRORS[code].title,
    status: ERRORS[code].status,
    code,
    error: { code },
  });
  expect(status).toBe(ERRORS[code].status);
});

/** A call or text in the middle of a day, which every gate allows, but for what is said otherwise. */
function dialAt(instant: string, order: Partial<Parameters<Dial>[1]>, caller = agent): Promise<Refusal> {
  const before = app.clock.now();
  app.clock.set(new Date(instant));
  const metadata = { consent_source: "business-relationship" };
  return dial(caller.key, { agentId: caller.id, to: "+14155550142", metadata, ...order }).finally(() =>
    app.clock.set(before),
  );
}

const dialAtNoon = (order: Partial<Parameters<Dial>[1]>) => dialAt("2026-11-24T12:00:00-08:00", order);

async function tooOften(channel: "voice" | "sms", to: string, most: number): Promise<Refusal> {
  for (let count = 0; count < most; count++) await dialAtNoon({ channel, to });
  return dialAtNoon({ channel, to });
}

/** The free plan has 20 calls a month, four a day. */
async function afterCallsOn(days: string[], instant: string): Promise<Refusal> {
  const { orgId, masterKey } = await app.organisation("FREE");
  const free = { orgId, masterKey, ...(await app.agent(masterKey)) };
  const expiresAt = new Date("2028-01-01T00:00:00Z");
  for (const day of days) {
    const calls = {
      orgId,
      agentId: free.id,
      meter: "voice_calls",
      units: 4,
      day,
      resourceId: "call",
      expiresAt,
    } as const;
    await reserve(app.runtime, calls);
  }
  return dialAt(instant, {}, free);
}

/** Calls while another process has claimed the key and is still at work. The calling one waits only 100 ms for it. */
async function whileClaimed(
  key: string,
  use: (call: (path: string, body: object, key: string) => Promise<Refusal>) => Promise<Refusal>,
): Promise<Refusal> {
  const other = new pg.Client({ connectionString: app.databaseUrl });
  await other.connect();
  await other.query("BEGIN");
  const claim = { scope: agent.orgId, principal: "master", key, fingerprint: Buffer.from("another") };
  await other.query(CLAIM_SQL, claimParameters(app.runtime, claim, null));
  const runtime = await openRuntime(app.runtime.config, `${app.databaseUrl}?lock_timeout=100`);
  const rest = createRestApp(runtime);
  const call = caller(async (request) => rest.fetch(request));
  try {
    return await use((path, body, idempotencyKey) =>
      call("POST", path, { key: agent.masterKey, body, idempotencyKey }),
    );
  } finally {
    await runtime.close();
    await other.end();
  }
}

/** Node's own parser refuses this before anything of ours sees it. */
async function tooMuchHeader(): Promise<Refusal> {
  const server = createServer();
  server.on("clientError", (error, socket) => answerClientError(error, socket, app.runtime.config.errorDocsUrl));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write(`GET /v1/agents HTTP/1.1\r\nhost: anima.test\r\nx-large: ${"x".repeat(65_536)}\r\n\r\n`);
  const [head = "", body = "{}"] = (await text(socket)).split("\r\n\r\n");
  server.close();
  return { status: Number(head.split(" ")[1]), body: JSON.parse(body) };
}
