import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createInstallation, type Installation, type ServerProcess } from "../support/server-process.ts";
import { waitUntil } from "../support/wait.ts";
import { INIT_ENV, MASTER_KEY } from "./support/organisation.ts";

let installation: Installation;
let database: pg.Client;

beforeEach(async () => {
  installation = await createInstallation({ env: INIT_ENV });
  database = new pg.Client({ connectionString: installation.databaseUrl ?? "" });
  await database.connect();
});
afterEach(async () => {
  await database.end();
  await installation.remove();
});

const clock = (server: ServerProcess, body?: object) =>
  server.call<{ now: string }>(body ? "PUT" : "GET", "/v1/sandbox/clock", {
    key: MASTER_KEY,
    ...(body ? { body } : {}),
  });

it("a call of the sandbox outlives the process that began it, and two processes have one clock", async () => {
  const [first, second] = [await installation.start(), await installation.start()];
  const agent = await first.call<{ id: string }>("POST", "/v1/agents", { key: MASTER_KEY, body: { name: "Called" } });
  const number = await first.call<{ phoneNumber: string }>("POST", "/v1/phone/provision", {
    key: MASTER_KEY,
    body: { agentId: agent.body.id },
  });
  const { now } = (await clock(first, { frozen: true })).body;
  await waitUntil(async () => (await clock(second)).body.now === now);

  const { status, body: call } = await first.call("POST", "/v1/sandbox/inbound-call", {
    key: MASTER_KEY,
    body: { from: "+13055550100", to: number.body.phoneNumber },
  });
  expect(status).toBe(201);
  await first.kill("SIGKILL");
  await second.kill("SIGKILL");

  const third = await installation.start();
  expect((await clock(third)).body.now).toBe(now);
  const endedAt = async () => {
    const { rows } = await database.query("SELECT ended_at FROM sandbox_call WHERE carrier_id = $1", [call.carrierId]);
    return (rows[0]?.ended_at as Date | null)?.getTime();
  };
  const after = (seconds: number) => new Date(Date.parse(now) + seconds * 1000);
  await clock(third, { now: after(29).toISOString(), frozen: true });
  expect(await endedAt()).toBeUndefined();
  await clock(third, { now: after(3_600).toISOString(), frozen: true });
  await waitUntil(async () => (await endedAt()) !== undefined);
  expect(await endedAt()).toBe(after(30).getTime());
});
