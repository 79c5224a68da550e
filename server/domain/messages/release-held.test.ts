import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { jobsOf } from "../agents/test-support.ts";
import type { HoldReason } from "./hold.ts";
import { releaseHeld } from "./release-held.ts";
import { makeAgent, storeMessage, type TestAgent } from "./test-support.ts";

let app: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.runtime.db.pool.query("DELETE FROM message; DELETE FROM graphile_worker._private_jobs");
  agent = await makeAgent(app);
});

/** A queued mail of the agent's that is held. @returns its id */
async function held(statusReason: HoldReason | "421 Try again later"): Promise<string> {
  const to = ["ada@people.example"];
  const message = await storeMessage(app, agent, { direction: "OUTBOUND", status: "QUEUED", statusReason, to });
  return message.id;
}

/** Releases as a server with a relay does, or one without. @returns the ids of the mails whose delivery is queued */
async function release(relayUrl: string | null): Promise<string[]> {
  const { released, more } = await releaseHeld({ ...app.runtime, config: { ...app.runtime.config, relayUrl } });
  const jobs = await jobsOf(app, "deliver-email");
  expect({ released, more }).toEqual({ released: jobs.length, more: false });
  return jobs.map(({ payload }) => (payload as { messageId: string }).messageId);
}

const setStatus = (status: string) =>
  app.call("PATCH", `/v1/agents/${agent.id}`, { key: agent.masterKey, body: { status } });

it("foreign mail waits for a relay, and goes once there is one", async () => {
  const id = await held("NO_RELAY");
  expect(await release(null)).toEqual([]);
  expect(await release("smtp://relay.test")).toEqual([id]);
  const { body } = await app.call("GET", `/v1/messages/${id}`, { key: agent.key });
  expect(body).toMatchObject({ status: "QUEUED", statusReason: null });
});

it("mail of a paused agent waits until the agent is resumed", async () => {
  await setStatus("PAUSED");
  const id = await held("AGENT_PAUSED");
  expect(await release("smtp://relay.test")).toEqual([]);
  await setStatus("ACTIVE");
  expect(await release(null)).toEqual([id]);
});

it("mail that the other side has put off keeps its own next attempt", async () => {
  await held("421 Try again later");
  expect(await release("smtp://relay.test")).toEqual([]);
});
