import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { makeAgent, type TestAgent } from "../messages/test-support.ts";
import type { AuditEvent } from "./schemas.ts";

let app: TestApp;
let agent: TestAgent;
beforeAll(async () => {
  app = await startTestApp();
  agent = await makeAgent(app);
});
afterAll(() => app.close());

const list = (query: string, key = agent.masterKey) =>
  app.call<{ items: AuditEvent[] }>("GET", `/v1/audit/events?${query}`, { key });

test("a log is read on from a number, or back from one", async () => {
  const all = (await list("order=asc")).body.items;
  const [first, second] = all;
  const after = await list(`order=asc&after_seq=${first?.seq}`);
  expect(after.body.items).toEqual(all.slice(1));
  const between = await list(`after_seq=${first?.seq}&before_seq=${(second?.seq ?? 0) + 1}`);
  expect(between.body.items).toEqual([second]);
});

test("a number that is none is refused, and the answer names it", async () => {
  for (const number of ["", "-1", "1.5", "x", "9".repeat(16)]) {
    const { status, body } = await list(`before_seq=${number}`);
    expect([status, body]).toMatchObject([
      400,
      { code: "VALIDATION_ERROR", details: { fields: [{ field: "before_seq" }] } },
    ]);
  }
});

test("an agent's key finds only its own agent's events, whatever it searches for", async () => {
  const other = await makeAgent(app, agent);
  for (const query of ["channel=agent", "event=agent.created", "result=SUCCESS", "channel=key", "order=asc"]) {
    const { items } = (await list(query, agent.key)).body;
    expect(items.every(({ agentId }) => agentId === agent.id)).toBe(true);
  }
  expect((await list("event=agent.created", agent.key)).body.items).toHaveLength(1);
  expect((await list(`agentId=${other.id}`, agent.key)).status).toBe(404);
});
