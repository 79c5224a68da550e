import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { consoleOf } from "../../trpc/test-support.ts";
import { getAgentPolicy } from "./policy.ts";
import { signUp } from "./test-support.ts";

let app: TestApp;
let masterKey: string;
let ask: (procedure: string, input: unknown) => ReturnType<ReturnType<typeof consoleOf>["query"]>;

beforeAll(async () => {
  app = await startTestApp();
  ({ masterKey } = await app.organisation("GROWTH"));
  const browser = consoleOf(app);
  const cookie = await browser.signIn(masterKey);
  ask = (procedure, input) => browser.query(procedure, input, { cookie });
});
afterAll(() => app.close());

const make = (path: string, body: unknown, key = masterKey) => app.call<{ id: string }>("POST", path, { key, body });

it("what an agent has is counted, and its queued mail apart; another agent's is not", async () => {
  const agent = await app.agent(masterKey);
  const sibling = await app.agent(masterKey);
  await make("/v1/api-keys", { name: "Second", agentId: agent.id });
  const mail = { to: "kim@example.com", subject: "Queued", body: "Hello" };
  for (let n = 0; n < 3; n++) await make("/v1/email/send", mail, agent.key);
  await make("/v1/email/send", mail, sibling.key);
  await app.runtime.db.pool.query(
    "UPDATE message SET status = 'SENT' WHERE id = (SELECT max(id) FROM message WHERE agent_id = $1)",
    [agent.id],
  );
  const counts = { keys: 2, addresses: 1, messages: 3, queuedMails: 2, phoneNumbers: 0, runningCalls: 0, most: 1_000 };
  expect((await ask("agents.holdings", { id: agent.id })).body.result.data).toEqual(counts);
});

it("a very busy agent is counted up to a limit only", async () => {
  const agent = await app.agent(masterKey);
  await app.runtime.db.pool.query(
    `INSERT INTO message (org_id, id, agent_id, channel, direction, status, from_address, "to", cc, bcc, body, thread_id,
        labels, "references", correlation_id, event_id, created_at, updated_at)
      SELECT a.org_id, a.id || n, a.id, 'EMAIL', 'OUTBOUND', 'QUEUED', 'a@b.test', '{}', '{}', '{}', '', 't', '{}', '{}',
        'c', 'e', now(), now() FROM agent a, generate_series(1, 1200) AS n WHERE a.id = $1`,
    [agent.id],
  );
  expect((await ask("agents.holdings", { id: agent.id })).body.result.data).toMatchObject({
    messages: 1_001,
    queuedMails: 1_001,
  });
});

it("the policy of an agent is what is enforced: the plan's rates, what its keys may do, whom it may mail", async () => {
  const agent = await app.agent(masterKey);
  const policy = async () => (await ask("agents.policy", { id: agent.id })).body.result.data;
  const rates = { tier: "GROWTH", requestsPerSecond: 500, requestsPerMinute: 1_500 };
  expect(await policy()).toEqual({ ...rates, onlyRecipient: null, scopes: ["*"] });

  const { items } = (await ask("keys.list", { agentId: agent.id })).body.result.data;
  await app.call("DELETE", `/v1/api-keys/${items[0].id}`, { key: masterKey });
  const expiresAt = new Date(app.clock.now().getTime() + 60_000).toISOString();
  await make("/v1/api-keys", { name: "One", agentId: agent.id, scopes: ["email:send", "email:read"] });
  await make("/v1/api-keys", { name: "Two", agentId: agent.id, scopes: ["email:read", "audit:read"], expiresAt });
  expect((await policy()).scopes).toEqual(["audit:read", "email:read", "email:send"]);
  app.clock.advanceSeconds(60);
  expect((await policy()).scopes).toEqual(["email:read", "email:send"]);

  const { body } = await signUp(app, { human_email: "answers@people.test" });
  const ctx = {
    services: app.runtime,
    principal: await app.runtime.directory.principalOf(body.api_key),
    requestId: null,
    correlationId: "c",
    correlationGiven: true,
  };
  if (!ctx.principal) throw new Error("the key of the new agent is unknown");
  expect(await getAgentPolicy({ ...ctx, principal: ctx.principal }, { id: body.agent_id })).toMatchObject({
    tier: "FREE",
    onlyRecipient: "answers@people.test",
  });
});

it("another organisation's agent has nothing to be told of", async () => {
  const other = await app.organisation();
  const agent = await app.agent(other.masterKey);
  for (const procedure of ["agents.holdings", "agents.policy"]) {
    const answer = await ask(procedure, { id: agent.id });
    expect([answer.status, answer.body.error.data.error.code]).toEqual([404, "NOT_FOUND"]);
  }
  expect((await ask("keys.list", { agentId: agent.id })).body.result.data.items).toEqual([]);
});
