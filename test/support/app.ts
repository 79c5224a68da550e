import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sequencer } from "#server/audit/sequencer.ts";
import { createOrganization } from "#server/domain/organizations/create.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import { ManualClock } from "#server/platform/clock.ts";
import { readConfig } from "#server/platform/config.ts";
import type { Tier } from "#server/platform/tiers.ts";
import { createRestApp } from "#server/rest/app.ts";
import { openRuntime, type Runtime } from "#server/runtime.ts";
import { createTestDatabase } from "./database.ts";

export type Answer<Body = Record<string, unknown>> = { status: number; headers: Headers; body: Body };

export type CallOptions = {
  key?: string;
  body?: unknown;
  idempotencyKey?: string;
  correlationId?: string;
  headers?: Record<string, string>;
};

export type TestApp = {
  runtime: Runtime;
  clock: ManualClock;
  databaseUrl: string;
  /** One REST call through the whole pipeline. */
  call<Body = Record<string, unknown>>(method: string, path: string, options?: CallOptions): Promise<Answer<Body>>;
  fetch(request: Request): Promise<Response>;
  /** An organisation with its master key, made by the same verb as everywhere. */
  organisation(tier?: Tier): Promise<{ orgId: string; masterKey: string }>;
  /** An agent of an organisation with its key, made through the API. */
  agent(masterKey: string, name?: string): Promise<{ id: string; key: string; email: string }>;
  close(): Promise<void>;
};

let serial = 0;

/** A server without sockets on a database of its own: what tests of verbs and routes talk to. */
export async function startTestApp(
  env: Record<string, string> = {},
  options: Pick<Parameters<typeof openRuntime>[2] & object, "receiveNews"> = {},
): Promise<TestApp> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "anima-app-"));
  const config = readConfig({
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? "silent",
    MAIL_DOMAIN: "agents.test",
    ...env,
  });
  const clock = new ManualClock(new Date());
  const runtime = await openRuntime(config, database.url, { clock, ...options });
  const sequencer = new Sequencer(runtime.db.pool, (error) => {
    throw error;
  });
  sequencer.start();
  runtime.sandboxTicker?.start();
  const app = createRestApp(runtime);
  const fetch = async (request: Request) => app.fetch(request);

  const call: TestApp["call"] = async (method, path, options = {}) => {
    const headers = new Headers(options.headers);
    if (options.key) headers.set("authorization", `Bearer ${options.key}`);
    if (options.idempotencyKey) headers.set("idempotency-key", options.idempotencyKey);
    if (options.correlationId) headers.set("x-correlation-id", options.correlationId);
    if (options.body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
    const body =
      options.body === undefined || typeof options.body === "string" ? options.body : JSON.stringify(options.body);
    const response = await fetch(
      new Request(`http://anima.test${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
    );
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
  };

  return {
    runtime,
    clock,
    databaseUrl: database.url,
    call,
    fetch,
    async organisation(tier = "ENTERPRISE") {
      const made = await openTransaction(runtime, (tx) =>
        createOrganization(runtime, tx, { name: `Test ${++serial}`, tier, origin: "SETUP" }),
      );
      return { orgId: made.organization.id, masterKey: made.masterKey };
    },
    async agent(masterKey, name = `agent-${++serial}`) {
      const { status, body } = await call<{ id: string; apiKey: string; emailIdentities: { email: string }[] }>(
        "POST",
        "/v1/agents",
        {
          key: masterKey,
          body: { name, email: `${name}@agents.test` },
        },
      );
      const email = body.emailIdentities?.[0]?.email;
      if (status !== 201 || !email) throw new Error(`the agent was not made: ${status} ${JSON.stringify(body)}`);
      return { id: body.id, key: body.apiKey, email };
    },
    async close() {
      await sequencer.stop();
      await runtime.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
