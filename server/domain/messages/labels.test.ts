import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { keyWithScopes, makeAgent, storeMessage, type TestAgent } from "./test-support.ts";

let app: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  agent = await makeAgent(app);
});

function change(id: string, body: { addLabels?: string[]; removeLabels?: string[] }, key = agent.key) {
  return app.call<{ labels: string[] }>("PATCH", `/v1/messages/${id}/labels`, { key, body });
}

async function labelsAfter(id: string, body: { addLabels?: string[]; removeLabels?: string[] }): Promise<string[]> {
  return (await change(id, body)).body.labels;
}

async function labelEvents(id: string): Promise<Record<string, unknown>[]> {
  const { body } = await app.call<{ items: Record<string, unknown>[] }>("GET", "/v1/audit/events?limit=100", {
    key: agent.masterKey,
  });
  return body.items.filter((event) => event.resourceId === id);
}

describe("the labels of a message", () => {
  it("are added and removed, kept in lower case and in order, and on the log in the message's chain", async () => {
    const message = await storeMessage(app, agent);

    const answer = await change(message.id, { addLabels: ["VIP", " order "] });
    expect(answer).toMatchObject({ status: 200, body: { id: message.id, labels: ["order", "unread", "vip"] } });
    expect(answer.headers.get("x-correlation-id")).toBe(message.correlationId);
    expect(await labelsAfter(message.id, { removeLabels: ["vip"], addLabels: ["archived"] })).toEqual([
      "archived",
      "order",
      "unread",
    ]);

    const [second, first] = await labelEvents(message.id);
    expect(first).toMatchObject({
      event: "email.labeled",
      channel: "email",
      agentId: agent.id,
      correlationId: message.correlationId,
      parentId: message.eventId,
      detail: "+order +vip",
      data: { addedCount: 2, removedCount: 0 },
    });
    expect(second).toMatchObject({ detail: "+archived -vip" });
  });

  it("say either read or unread, never both or neither", async () => {
    const { id } = await storeMessage(app, agent, { labels: ["unread", "vip"] });
    expect(await labelsAfter(id, { addLabels: ["read"] })).toEqual(["read", "vip"]);
    expect(await labelsAfter(id, { removeLabels: ["read"] })).toEqual(["unread", "vip"]);
    expect(await labelsAfter(id, { removeLabels: ["unread"] })).toEqual(["read", "vip"]);
    expect(await labelsAfter(id, { addLabels: ["unread"], removeLabels: ["read"] })).toEqual(["unread", "vip"]);
    expect(await labelsAfter(id, { addLabels: ["other"] })).toEqual(["other", "unread", "vip"]);
  });

  it("do not change, and are no event, when they already are as asked", async () => {
    const message = await storeMessage(app, agent, { labels: ["unread", "vip"] });
    app.clock.advanceSeconds(60);
    const answer = await change(message.id, { addLabels: ["vip"], removeLabels: ["absent"] });
    expect(answer.body).toMatchObject({ labels: ["unread", "vip"], updatedAt: message.updatedAt.toISOString() });
    expect(await change(message.id, {})).toMatchObject({ status: 200 });
    expect(await labelEvents(message.id)).toEqual([]);
  });

  it("of an SMS are an event of that channel", async () => {
    const { id } = await storeMessage(app, agent, { channel: "SMS" });
    await change(id, { addLabels: ["read"] });
    expect(await labelEvents(id)).toMatchObject([{ event: "sms.labeled", channel: "sms" }]);
  });

  it("hide a message as spam and bring it back", async () => {
    const { id } = await storeMessage(app, agent);
    const listed = async () => {
      const { body } = await app.call<{ items: unknown[] }>("GET", "/v1/messages", { key: agent.key });
      return body.items.length;
    };
    await change(id, { addLabels: ["spam"] });
    expect(await listed()).toBe(0);
    await change(id, { removeLabels: ["spam"] });
    expect(await listed()).toBe(1);
  });

  it("all survive when many are added at the same time", async () => {
    const { id } = await storeMessage(app, agent);
    const labels = Array.from({ length: 20 }, (_, index) => `label-${String(index).padStart(2, "0")}`);
    const answers = await Promise.all(
      labels.map((label, index) =>
        app.call("PATCH", `/v1/messages/${id}/labels`, {
          key: agent.key,
          body: { addLabels: [label] },
          ...(index % 2 === 0 ? { idempotencyKey: label } : {}),
        }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(labels.map(() => 200));
    expect(await labelsAfter(id, {})).toEqual([...labels, "unread"]);
    expect(await labelEvents(id)).toHaveLength(20);
  });
});

describe("a change of labels is refused", () => {
  it("when it contradicts itself or a label has no proper form, and changes nothing", async () => {
    const { id } = await storeMessage(app, agent);
    for (const [body, field] of [
      [{ addLabels: ["vip"], removeLabels: ["VIP"] }, "removeLabels"],
      [{ addLabels: ["read", "unread"] }, "addLabels"],
      [{ removeLabels: ["read", "unread"] }, "addLabels"],
      [{ addLabels: ["a".repeat(65)] }, "addLabels.0"],
      [{ addLabels: ["ok", "no,comma"] }, "addLabels.1"],
      [{ addLabels: [""] }, "addLabels.0"],
    ] as const) {
      const answer = await app.call("PATCH", `/v1/messages/${id}/labels`, { key: agent.key, body });
      expect(answer, JSON.stringify(body)).toMatchObject({ status: 400, body: { details: { fields: [{ field }] } } });
    }
    expect(await labelsAfter(id, {})).toEqual(["unread"]);
  });

  it("when the message would have more than 100", async () => {
    const { id } = await storeMessage(app, agent);
    const labels = Array.from({ length: 99 }, (_, index) => `label-${index}`);
    expect(await labelsAfter(id, { addLabels: labels })).toHaveLength(100);
    expect(await change(id, { addLabels: ["one-more"] })).toMatchObject({
      status: 400,
      body: { details: { fields: [{ field: "addLabels" }] } },
    });
    expect(await labelsAfter(id, { addLabels: ["one-more"], removeLabels: ["label-0"] })).toHaveLength(100);
  });

  it("for a message of another agent or organisation, and without the scope", async () => {
    const colleagues = await storeMessage(app, await makeAgent(app, agent));
    const foreign = await storeMessage(app, await makeAgent(app));
    expect(await change(colleagues.id, { addLabels: ["mine"] })).toMatchObject({ status: 404 });
    expect(await change(foreign.id, { addLabels: ["mine"] }, agent.masterKey)).toMatchObject({ status: 404 });
    expect(await change(colleagues.id, { addLabels: ["ours"] }, agent.masterKey)).toMatchObject({ status: 200 });

    const { id } = await storeMessage(app, agent);
    const key = await keyWithScopes(app, agent, ["messages:read", "email:read"]);
    expect(await change(id, { addLabels: ["vip"] }, key)).toMatchObject({
      status: 403,
      body: { details: { requiredScope: "inbox:write" } },
    });
  });
});
