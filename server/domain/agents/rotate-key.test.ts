import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRestApp } from "#server/rest/app.ts";
import { openRuntime, type Runtime } from "#server/runtime.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { SOONER_THAN_FORGOTTEN, waitFor } from "../../../test/support/wait.ts";
import { eventsOf } from "./test-support.ts";

let app: TestApp;
let replica: Runtime;
let orgId: string;
let masterKey: string;

beforeAll(async () => {
  app = await startTestApp();
  replica = await openRuntime(app.runtime.config, app.databaseUrl, { clock: app.clock });
  ({ orgId, masterKey } = await app.organisation());
});
afterAll(async () => {
  await replica.close();
  await app.close();
});

type Rotated = { apiKey: string; apiKeyPrefix: string };
const rotate = (agentId: string, key = masterKey) =>
  app.call<Rotated>("POST", `/v1/agents/${agentId}/rotate-key`, { key });
const statusHere = async (key: string) => (await app.call("GET", "/v1/orgs/me", { key })).status;

/** What the other process answers to the key. */
async function statusThere(key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  return (await createRestApp(replica).fetch(new Request("http://anima.test/v1/orgs/me", { headers }))).status;
}

describe("a key that is replaced", () => {
  it("dies at once, and the new one works", async () => {
    const agent = await app.agent(masterKey);
    expect(await statusHere(agent.key)).toBe(200);
    const { status, body } = await rotate(agent.id);
    expect(status).toBe(200);
    expect(body).toEqual({ apiKey: expect.stringMatching(/^ak_/), apiKeyPrefix: body.apiKey.slice(0, 11) });
    expect(await statusHere(agent.key)).toBe(401);
    expect(await statusHere(body.apiKey)).toBe(200);
    const [event] = await eventsOf(app, orgId, { agentId: agent.id, event: "key.rotated" });
    expect(event).toMatchObject({ channel: "key", result: "SUCCESS", data: { kind: "AGENT", primary: true } });
  });

  it("dies within a second in another process that has it in memory", async () => {
    const agent = await app.agent(masterKey);
    expect(await statusThere(agent.key)).toBe(200);
    await rotate(agent.id);
    await waitFor(async () => expect(await statusThere(agent.key)).toBe(401), SOONER_THAN_FORGOTTEN);
  });

  it("leaves the agent's other keys alone", async () => {
    const agent = await app.agent(masterKey);
    const extra = await app.call<{ key: string }>("POST", "/v1/api-keys", {
      key: masterKey,
      body: { name: "Extra", agentId: agent.id },
    });
    await rotate(agent.id);
    expect(await statusHere(extra.body.key)).toBe(200);
  });

  it("is replaced by one that works when two ask at the same instant", async () => {
    const agent = await app.agent(masterKey);
    const answers = await Promise.all([rotate(agent.id), rotate(agent.id)]);
    const alive = await Promise.all(answers.map(({ body }) => statusHere(body.apiKey)));
    expect(alive.sort()).toEqual([200, 401]);
  });

  it("may have been deleted before: the agent gets a primary key again", async () => {
    const agent = await app.agent(masterKey);
    const keys = await app.call<{ items: { id: string }[] }>("GET", `/v1/api-keys?agentId=${agent.id}`, {
      key: masterKey,
    });
    await app.call("DELETE", `/v1/api-keys/${keys.body.items[0]?.id}`, { key: masterKey });
    const { body } = await rotate(agent.id);
    expect(await statusHere(body.apiKey)).toBe(200);
    const [event] = await eventsOf(app, orgId, { agentId: agent.id, event: "key.created" });
    expect(event).toMatchObject({ data: { kind: "AGENT", scopes: ["*"] } });
  });

  it("cannot be had by a master key that may do less than it", async () => {
    const agent = await app.agent(masterKey);
    const limited = await app.call<{ key: string }>("POST", "/v1/api-keys", {
      key: masterKey,
      body: { name: "Limited", scopes: ["agents:write"] },
    });
    expect(await rotate(agent.id, limited.body.key)).toMatchObject({
      status: 403,
      body: { code: "FORBIDDEN", details: { requiredScope: "*" } },
    });
    expect(await statusHere(agent.key)).toBe(200);

    // And the agents that it makes can do no more than itself.
    const body = { name: "Made by a limited key" };
    const made = await app.call<{ apiKey: string }>("POST", "/v1/agents", { key: limited.body.key, body });
    expect(made.status).toBe(201);
    expect((await app.call("GET", "/v1/agents", { key: made.body.apiKey })).status).toBe(403);
  });
});

describe("an agent that is paused", () => {
  it("is known as such within a second in another process", async () => {
    const agent = await app.agent(masterKey);
    expect(await replica.directory.agent(orgId, agent.id)).toMatchObject({ status: "ACTIVE" });
    await app.call("PATCH", `/v1/agents/${agent.id}`, { key: masterKey, body: { status: "PAUSED" } });
    await waitFor(
      async () => expect(await replica.directory.agent(orgId, agent.id)).toMatchObject({ status: "PAUSED" }),
      SOONER_THAN_FORGOTTEN,
    );
  });
});
