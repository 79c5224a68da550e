import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createInstallation, type Installation, type ServerProcess } from "../support/server-process.ts";
import { type Agent, createAgent, INIT_ENV, MASTER_KEY } from "./support/organisation.ts";
import { query } from "./support/queue.ts";

const SENDS = 2_000;
const CONNECTIONS = 64;
// A mail costs 300 micro-units here: 33 of them are less than a cent, 34 are more.
const PRICE = 300;
const CENT = 10_000;

let installation: Installation;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "anima-plans-"));
  const plans = { ENTERPRISE: { meters: { email_sent: { included: 0, unitMicros: PRICE } } } };
  await writeFile(join(folder, "plans.json"), JSON.stringify(plans));
});
afterEach(() => installation.remove());
afterAll(() => rm(folder, { recursive: true }));

/** Two server processes on one database, and an agent. */
async function startTwo(): Promise<{ servers: [ServerProcess, ServerProcess]; agent: Agent }> {
  installation = await createInstallation({ env: { ...INIT_ENV, PLANS_FILE: join(folder, "plans.json") } });
  const first = await installation.start();
  const second = await installation.start({ ROLES: "mail" });
  return { servers: [first, second], agent: await createAgent(first, "spender") };
}

async function setCap(server: ServerProcess, caps: object, path = "/v1/billing/hard-cap") {
  const { status, body } = await server.call("PUT", path, { key: MASTER_KEY, body: caps });
  expect([status, body]).toEqual([200, expect.objectContaining({ enabled: true })]);
  return body as { usage: { email: { month: { usedUnits: number; usedMicros: number; blocked: boolean } } } };
}

type Counts = Record<number | "broken", number>;

/** Sends from many connections, each to one of the servers; a broken connection is counted, not retried. */
async function sendMany(servers: ServerProcess[], agent: Agent, sends: number, onAnswer?: (done: number) => void) {
  const counts: Counts = { broken: 0 };
  let next = 0;
  const connection = async (server: ServerProcess) => {
    while (next < sends) {
      const n = next++;
      const body = { to: "ada@people.test", subject: `Mail ${n}`, body: "Hello" };
      const status = await server.call("POST", "/v1/email/send", { key: agent.key, body }).then(
        (answer) => answer.status,
        () => "broken" as const,
      );
      counts[status] = (counts[status] ?? 0) + 1;
      onAnswer?.(next);
      if (status === "broken") return;
    }
  };
  await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, index) => connection(servers[index % servers.length] as ServerProcess)),
  );
  return counts;
}

/** What the database holds of it, past the server. */
async function stored() {
  const url = installation.databaseUrl as string;
  const [row] = await query<{
    messages: number;
    records: number;
    units: number;
    micros: string;
    refused: number;
    deadlocks: number;
  }>(
    url,
    `SELECT (SELECT count(*)::int FROM message) AS messages, (SELECT count(*)::int FROM usage_record) AS records,
      (SELECT sum(month_units)::int FROM budget_slot WHERE meter = 'email_sent') AS units,
      (SELECT sum(micros) FROM usage_record) AS micros,
      (SELECT count(*)::int FROM event WHERE record LIKE '%"event":"email.refused"%') AS refused,
      (SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()) AS deadlocks`,
  );
  return row;
}

describe("a cap under 2,000 sends over 64 connections to two servers", () => {
  it("of 100 mails accepts exactly 100, and every other is refused with a reason and a record", async () => {
    const { servers, agent } = await startTwo();
    await setCap(servers[0], { meters: { email: { capUnits: 100 } } });
    expect(await sendMany(servers, agent, SENDS)).toEqual({ broken: 0, 201: 100, 402: SENDS - 100 });
    expect(await stored()).toMatchObject({
      messages: 100,
      records: 100,
      units: 100,
      refused: SENDS - 100,
      deadlocks: 0,
    });
    const { body } = await servers[1].call("POST", "/v1/email/send", {
      key: agent.key,
      body: { to: "ada@people.test", subject: "One more", body: "Hello" },
    });
    expect(body).toMatchObject({
      code: "PAYMENT_REQUIRED",
      details: { resource: "email", source: "cap", scope: "org", period: "month", capUnits: 100, usedUnits: 100 },
    });
  });

  it("of money that the price does not divide accepts what fits, of organisation and agent", async () => {
    const { servers, agent } = await startTwo();
    // 7 cents are 233 mails and a third. The agent's 95 mails are fewer, and 2 cents a day are 66 and two thirds.
    await setCap(servers[0], { monthlyCapCents: 7 });
    await setCap(
      servers[1],
      { meters: { email: { capUnits: 95, daily: { capCents: 2 } } } },
      `/v1/agents/${agent.id}/hard-cap`,
    );
    expect(await sendMany(servers, agent, 400)).toEqual({ broken: 0, 201: 66, 402: 334 });
    await setCap(servers[0], { meters: { email: { daily: { capCents: null } } } }, `/v1/agents/${agent.id}/hard-cap`);
    expect(await sendMany(servers, agent, 400)).toEqual({ broken: 0, 201: 29, 402: 371 });
    const other = await createAgent(servers[0], "other");
    expect(await sendMany(servers, other, 400)).toEqual({ broken: 0, 201: 138, 402: 262 });
    expect(await stored()).toMatchObject({ messages: 233, units: 233, micros: String(233 * PRICE), deadlocks: 0 });
  });

  it("of such money is never exceeded when one of them is killed in the middle, and the rest is spent to the last mail", async () => {
    const { servers, agent } = await startTwo();
    await setCap(servers[0], { monthlyCapCents: 10 });
    const fitting = Math.floor((10 * CENT) / PRICE);
    let killed: Promise<unknown> | undefined;
    const counts = await sendMany(servers, agent, 300, (done) => {
      if (done >= 120) killed ??= servers[1].kill("SIGKILL");
    });
    await killed;
    expect(counts.broken).toBeGreaterThan(0);
    // The killed server's connections sent no more, so the cap is not reached: what is left is spent now, to the last mail.
    const before = await stored();
    expect(before).toMatchObject({ units: before?.messages, micros: String((before?.messages ?? 0) * PRICE) });
    expect(before?.messages).toBeLessThan(fitting);
    const rest = await sendMany([servers[0]], agent, 400);
    expect(rest).toEqual({
      broken: 0,
      201: fitting - (before?.messages ?? 0),
      402: 400 - fitting + (before?.messages ?? 0),
    });
    expect(await stored()).toMatchObject({ messages: fitting, records: fitting, units: fitting });

    // A cent more: of the 100 that the last mail left over and 10,000 more.
    const raised = await setCap(servers[0], { monthlyCapCents: 11 });
    expect(raised.usage.email.month).toMatchObject({ usedMicros: fitting * PRICE, blocked: false });
    const more = Math.floor((11 * CENT) / PRICE) - fitting;
    expect((await sendMany([servers[0]], agent, 100))[201]).toBe(more);
    expect(await stored()).toMatchObject({ messages: fitting + more, units: fitting + more, deadlocks: 0 });
  });
});
