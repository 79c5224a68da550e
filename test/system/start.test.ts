import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startMailHost } from "../../e2e/support/mail-host.ts";
import { createInstallation, type Installation, type ServerProcess } from "../support/server-process.ts";
import { waitUntil } from "../support/wait.ts";
import { openEventStream } from "./support/event-stream.ts";
import { allMessages, createAgent, INIT_ENV, MASTER_KEY } from "./support/organisation.ts";
import { query } from "./support/queue.ts";

async function agentNames(server: ServerProcess): Promise<string[]> {
  const { status, body } = await server.call<{ items: { name: string }[] }>("GET", "/v1/agents", { key: MASTER_KEY });
  expect(status).toBe(200);
  return body.items.map((agent) => agent.name);
}

describe("a start that cannot succeed", () => {
  let installation: Installation;
  let taken: Server;
  let takenPort: string;

  beforeAll(async () => {
    installation = await createInstallation({ env: INIT_ENV });
    const server = await installation.start();
    await createAgent(server, "survivor");
    await server.kill("SIGTERM");
    taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    takenPort = String((taken.address() as AddressInfo).port);
  });
  afterAll(async () => {
    taken.close();
    await installation.remove();
  });

  /** The one line that a start with this environment says. */
  async function refusal(env: Record<string, string>): Promise<string> {
    const { code, output } = await installation.fail(env);
    expect(code).toBe(1);
    const lines = output.split("\n").filter((line) => line.trim() !== "");
    expect(lines).toEqual([expect.stringMatching(/^Anima cannot start\. /)]);
    return lines[0] ?? "";
  }

  it("names the HTTP port that is taken, and the way out", async () => {
    expect(await refusal({ PORT: takenPort })).toContain(`Port ${takenPort} is taken. Stop what uses it, or set PORT`);
  });

  it("names the SMTP port that is taken, and the way out", async () => {
    expect(await refusal({ SMTP_PORT: takenPort })).toContain(
      `SMTP port ${takenPort} is taken. Stop what uses it, or set SMTP_PORT`,
    );
  });

  it("names the address that is not this machine's", async () => {
    // Of TEST-NET-1 (RFC 5737).
    expect(await refusal({ HOST: "192.0.2.1" })).toContain("HOST 192.0.2.1 is not an address of this machine.");
    const line = await refusal({ SMTP_HOST: "192.0.2.1" });
    expect(line).toContain("SMTP_HOST 192.0.2.1 is not an address of this machine.");
  });

  it("names the certificate that is none", async () => {
    const noPem = join(import.meta.dirname, "start.test.ts");
    expect(await refusal({ SMTP_TLS_CERT: noPem, SMTP_TLS_KEY: noPem })).toContain(
      "SMTP_TLS_CERT or SMTP_TLS_KEY cannot be used (ERR_OSSL_PEM_NO_START_LINE).",
    );
  });

  // config.test.ts has the other variables.
  it.each([
    ["DATABASE_URL", "mysql://user:hunter2@db.test/anima"],
    ["ROOT_KEY", "hunter2"],
  ])("names %s and does not repeat its value", async (name, value) => {
    const line = await refusal({ [name]: value });
    expect(line).toContain(name);
    expect(line).not.toContain(value);
    expect(line).not.toContain("hunter2");
  });

  it("says which database it cannot reach, without the password", async () => {
    const line = await refusal({ DATABASE_URL: "postgresql://anima:hunter2@127.0.0.1:1/anima" });
    expect(line).toContain("PostgreSQL at 127.0.0.1:1 cannot be reached");
    expect(line).toContain("DATABASE_URL");
    expect(line).not.toContain("hunter2");
  });

  it("wants the INIT variables together", async () => {
    expect(await refusal({ INIT_TIER: "" })).toContain("INIT_TIER is missing.");
  });

  it("refuses INIT variables that would change the first organisation", async () => {
    expect(await refusal({ INIT_TIER: "FREE" })).toContain("INIT_TIER is not what it was");
    const line = await refusal({ INIT_MASTER_KEY: `mk_${"x".repeat(40)}` });
    expect(line).toContain("INIT_MASTER_KEY is not what it was");
    expect(line).not.toContain("xxx");
  });

  it("refuses another ROOT_KEY than the database was used with", async () => {
    expect(await refusal({ ROOT_KEY: "ab".repeat(32) })).toContain("This database belongs to another ROOT_KEY.");
  });

  it("refuses a schema that is newer than itself, or half applied", async () => {
    const url = installation.databaseUrl as string;
    const insert = (name: string, finished: string) =>
      query(
        url,
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', $1, ${finished})`,
        [name],
      );
    await insert("29990101000000_from_the_future", "now()");
    expect(await refusal({})).toContain("29990101000000_from_the_future, which this version does not know");
    const [last] = await query<{ name: string }>(
      url,
      "SELECT max(migration_name) AS name FROM _prisma_migrations WHERE id <> 'x'",
    );
    await query(url, "DELETE FROM _prisma_migrations WHERE id = 'x'");
    await query(url, "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = $1", [last?.name]);
    expect(await refusal({})).toContain(`The migration ${last?.name} began and did not finish.`);
    await query(url, "UPDATE _prisma_migrations SET finished_at = now() WHERE migration_name = $1", [last?.name]);
  });

  it("has damaged nothing: the next right start has all the data", async () => {
    const server = await installation.start();
    expect(await agentNames(server)).toEqual(["survivor"]);
    await server.kill("SIGTERM");
  });

  it("with the same INIT variables as before changes nothing", async () => {
    const state = () =>
      query(
        installation.databaseUrl as string,
        `SELECT (SELECT json_agg(o) FROM organization o) AS orgs, (SELECT json_agg(k.id ORDER BY k.id) FROM api_key k) AS keys,
           (SELECT count(*)::int FROM event) AS events`,
      );
    const before = await state();
    const server = await installation.start();
    expect(await state()).toEqual(before);
    await server.kill("SIGTERM");
  });
});

describe("a stop", () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await createInstallation({ env: INIT_ENV });
  });
  afterAll(() => installation.remove());

  it("by SIGTERM ends the streams, answers what is running, and exits with 0 within 10 s", async () => {
    const server = await installation.start();
    const agent = await createAgent(server, "busy");
    const stream = await openEventStream(server, MASTER_KEY);
    const lock = new Client({ connectionString: installation.databaseUrl as string });
    await lock.connect();
    await lock.query("BEGIN; LOCK TABLE message IN ACCESS EXCLUSIVE MODE");
    const running = server.call("POST", "/v1/email/send", {
      key: agent.key,
      body: { to: "ada@people.test", subject: "At the last moment", body: "Hello." },
    });
    const waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'message'::regclass";
    await waitUntil(async () => (await query(installation.databaseUrl as string, waiting)).length > 0);

    const stoppedAt = performance.now();
    server.signal("SIGTERM");
    await stream.ended;
    await expect(server.call("GET", "/healthz")).rejects.toThrow();
    await lock.query("COMMIT");
    await lock.end();
    expect(await running).toMatchObject({ status: 201 });
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(performance.now() - stoppedAt).toBeLessThan(10_000);
    expect(server.output()).not.toContain("did not stop cleanly");

    const next = await installation.start();
    expect((await allMessages(next, agent.key)).map((message) => message.subject)).toEqual(["At the last moment"]);
    await next.kill("SIGTERM");
  });

  it("does not wait longer for a peer and a client that never finish", async () => {
    const host = await startMailHost({ script: ({ stage }) => (stage === "data" ? "hang" : undefined) });
    onTestFinished(() => host.close());
    const server = await installation.start({ SMTP_RELAY_URL: host.url });
    const agent = await createAgent(server, "stuck");
    const body = { to: "ada@people.test", subject: "Stuck", body: "Hello." };
    await server.call("POST", "/v1/email/send", { key: agent.key, body });
    await host.waitForMail((mail) => mail.parsed.subject === "Stuck");
    const headers = {
      authorization: `Bearer ${agent.key}`,
      "content-type": "application/json",
      expect: "100-continue",
    };
    const unfinished = request(`${server.url}/v1/email/send`, { method: "POST", agent: false, headers });
    unfinished.flushHeaders();
    await once(unfinished, "continue");
    unfinished.write("{");
    const broken = once(unfinished, "error");
    const stoppedAt = performance.now();
    expect(await server.kill("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(performance.now() - stoppedAt).toBeLessThan(10_000);
    await broken;

    host.behave();
    const next = await installation.start({ SMTP_RELAY_URL: host.url });
    const stuck = () => host.received.filter((mail) => mail.parsed.subject === "Stuck");
    await waitUntil(() => stuck().some((mail) => mail.acknowledged));
    expect(new Set(stuck().map((mail) => mail.messageId)).size).toBe(1);
    await next.kill("SIGTERM");
  });

  it("by SIGINT is the same, and a second signal changes nothing", async () => {
    const server = await installation.start();
    server.signal("SIGINT");
    server.signal("SIGTERM");
    expect(await server.kill("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(server.output().match(/Stopping/g)).toHaveLength(1);
  });

  it("comes as usual after whoever read the output has ended", async () => {
    const server = await installation.start({ ROLES: "web", LOG_LEVEL: "info" });
    server.closeOutput();
    expect((await server.call("GET", "/v1/agents", { key: MASTER_KEY })).status).toBe(200);
    expect((await server.call("GET", "/v1/nothing", { key: MASTER_KEY })).status).toBe(404);
    expect(await server.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  });
});

describe("the embedded database", () => {
  let installation: Installation;
  afterEach(() => installation.remove());

  async function postmasterPid(): Promise<number> {
    return Number.parseInt(await readFile(join(installation.dataDir, "postgres", "postmaster.pid"), "utf8"), 10);
  }

  it("that is killed ends the server with an error, and the next start has all the data, soon", async () => {
    installation = await createInstallation({ database: "embedded", env: INIT_ENV });
    const first = await installation.start();
    const stream = await openEventStream(first, MASTER_KEY);
    await createAgent(first, "survivor");
    process.kill(await postmasterPid(), "SIGKILL");
    const { code } = await first.exited;
    expect(code).toBe(1);
    await stream.ended;
    expect(first.output()).toContain("The embedded database ended. Start Anima again");

    const second = await installation.start();
    expect(await agentNames(second)).toEqual(["survivor"]);
    expect(await second.kill("SIGTERM")).toEqual({ code: 0, signal: null });
    await expect(postmasterPid()).rejects.toThrow("ENOENT");

    const begun = performance.now();
    const third = await installation.start();
    // 5 s on a machine of its own; this one is shared with other tests.
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect(await agentNames(third)).toEqual(["survivor"]);
    await third.kill("SIGTERM");
  });

  it("starts again after a start that was broken off", async () => {
    installation = await createInstallation({ database: "embedded", env: INIT_ENV });
    const stop = { when: /Creating the database/, signal: "SIGTERM" } as const;
    expect(await installation.fail({}, stop)).toMatchObject({ code: 0 });
    await installation.fail({}, { when: /Applying migration/, signal: "SIGKILL" });
    const server = await installation.start();
    expect(await agentNames(server)).toEqual([]);
    await server.kill("SIGTERM");
  });
});
