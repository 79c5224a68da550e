import { afterAll, beforeAll, expect, it } from "vitest";
import { createInstallation, type Installation, type ServerProcess } from "../support/server-process.ts";
import { type EventStream, openEventStream } from "./support/event-stream.ts";
import { type Agent, createAgent, INIT_ENV, MASTER_KEY } from "./support/organisation.ts";

const SUBSCRIBERS = 1_000;

let installation: Installation;
let server: ServerProcess;
let agent: Agent;

beforeAll(async () => {
  installation = await createInstallation({ env: INIT_ENV });
  server = await installation.start();
  agent = await createAgent(server, "scout");
});
afterAll(() => installation.remove());

async function residentBytes(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
}

async function openStreams(count: number): Promise<EventStream[]> {
  const streams: EventStream[] = [];
  while (streams.length < count) {
    streams.push(...(await Promise.all(Array.from({ length: 50 }, () => openEventStream(server, MASTER_KEY)))));
  }
  return streams;
}

/** Makes one event that all of them get. */
async function reachAll(streams: EventStream[], subject: string): Promise<void> {
  const body = { to: "ada@people.test", subject, body: "Hello." };
  const { status } = await server.call("POST", "/v1/email/send", { key: agent.key, body });
  expect(status).toBe(201);
  await Promise.all(streams.map((stream) => stream.waitFor((event) => event.detail?.endsWith(subject) === true)));
}

it(`an event reaches ${SUBSCRIBERS} subscribers, who cost under 100 MB together`, async () => {
  // Whatever the first subscribers make the process load is not theirs.
  const first = await openStreams(50);
  await reachAll(first, "Warm up");
  for (const stream of first) stream.close();
  const before = await residentBytes();

  const streams = await openStreams(SUBSCRIBERS);
  await reachAll(streams, "To all");
  const cost = (await residentBytes()) - before;
  expect(cost, `${Math.round(cost / 1e6)} MB`).toBeLessThan(100_000_000);
  for (const stream of streams) {
    expect(stream.events.map((event) => event.event)).toEqual(["email.queued"]);
    stream.close();
  }
  expect(await server.kill("SIGTERM")).toEqual({ code: 0, signal: null });
});
