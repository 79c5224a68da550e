import { afterAll, beforeAll, expect, it } from "vitest";
import { readConfig } from "#server/platform/config.ts";
import { openRuntime, type Runtime } from "#server/runtime.ts";
import { answerOf, type Caller, converse, createCaller, SAYINGS } from "../support/caller.ts";
import { createInstallation, type Installation, type ServerProcess } from "../support/server-process.ts";
import { openVoice } from "../support/voice-client.ts";
import { waitUntil } from "../support/wait.ts";
import { INIT_ENV, MASTER_KEY } from "./support/organisation.ts";

const ORGANISATIONS = 40;
/** So many may be dialled in a second. */
const CALLS_OF_EACH = 5;
const HEAP_LIMIT_MB = 300;

let installation: Installation;
let servers: [ServerProcess, ServerProcess];
let runtime: Runtime;

beforeAll(async () => {
  installation = await createInstallation({ env: INIT_ENV });
  const first = await installation.start();
  servers = [first, await installation.start()];
  // Noon in New York, on every process: whatever the hour, everybody may be called.
  const clock = { now: "2026-11-24T17:00:00Z", frozen: false };
  const set = await first.call("PUT", "/v1/sandbox/clock", { key: MASTER_KEY, body: clock });
  expect(set.status).toBe(200);
  const config = readConfig({ DATA_DIR: installation.dataDir, LOG_LEVEL: "silent", MAIL_DOMAIN: "agents.test" });
  runtime = await openRuntime(config, installation.databaseUrl as string);
});
afterAll(async () => {
  await runtime.close();
  await installation.remove();
});

const createHome = (index: number) => createCaller(runtime, servers[index % 2]?.url as string, `Caller ${index}`);

const heapOf = async (server: ServerProcess) => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(text)?.[1]) / 2 ** 20;
};

it("200 calls at once on two processes: no frame is lost, no call stays, every minute is settled", {
  timeout: 600_000,
}, async () => {
  const callers: Caller[] = [];
  for (let index = 0; index < ORGANISATIONS; index++) callers.push(await createHome(index));
  const ids = await Promise.all(
    callers.map((caller, index) => {
      const other = servers[1 - (index % 2)]?.url as string;
      return Promise.all(
        Array.from({ length: CALLS_OF_EACH }, (_, line) => converse(caller, other, `+1212555010${line}`)),
      );
    }),
  );
  for (const [index, { client, orgId }] of callers.entries()) {
    for (const callId of ids[index] ?? []) {
      const frames = client.frames.filter((frame) => frame.callId === callId);
      // Contiguous from the first to the end: none was lost, none came twice.
      expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_frame, position) => position + 1));
      expect(frames.at(-1)).toMatchObject({ type: "call.ended", reason: "agent_hangup" });
      const segments = await runtime.db.prisma.callSegment.findMany({
        where: { orgId, callId },
        orderBy: { seq: "asc" },
      });
      expect(segments.map(({ text }) => text)).toEqual(SAYINGS.flatMap((text, turn) => [text, answerOf(turn)]));
    }
    expect(client.frames.filter(({ type }) => type === "call.error")).toEqual([]);
  }
  const { prisma } = runtime.db;
  expect(await prisma.call.count({ where: { state: "completed" } })).toBe(ORGANISATIONS * CALLS_OF_EACH);
  expect(await prisma.call.count()).toBe(ORGANISATIONS * CALLS_OF_EACH);
  expect(await prisma.reservation.count({ where: { settledAt: null } })).toBe(0);
  for (const server of servers) expect(await heapOf(server)).toBeLessThan(HEAP_LIMIT_MB);
  for (const { client } of callers) client.close();
});

it("a call goes on while the process of its conversation is restarted", async () => {
  const { client, key, masterKey, orgId } = await createHome(ORGANISATIONS);
  const metadata = { consent_source: "customer-initiated" };
  client.send({ type: "call.create", to: "+12125550110", metadata });
  const { callId = "" } = await client.waitFor(({ type }) => type === "call.started");
  client.send({ type: "call.speak", callId, text: "One moment." });
  await client.waitFor(({ type }) => type === "call.speak.ended");
  const seen = Math.max(...client.frames.map(({ seq = 0 }) => seq));
  const [gone, stays] = servers;
  await gone.kill("SIGTERM");
  expect(await client.closed).toBe(1012);
  await stays.call("POST", `/v1/sandbox/calls/${callId}/say`, { key: masterKey, body: { text: "Are you there?" } });
  servers[0] = await installation.start();
  const back = await openVoice(servers[0].url, { token: key, callId, after: String(seen) });
  await back.waitFor((frame) => frame.text === "Are you there?" && frame.isFinal === true);
  back.send({ type: "call.hangup", callId });
  await back.waitFor(({ type }) => type === "call.ended");
  await waitUntil(
    async () =>
      (await runtime.db.prisma.call.findUnique({ where: { orgId_id: { orgId, id: callId } } }))?.state === "completed",
  );
  back.close();
});
