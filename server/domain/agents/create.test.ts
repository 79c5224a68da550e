import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, startTestApp, type TestApp } from "../../../test/support/app.ts";
import type { Agent } from "./schemas.ts";
import { eventsOf } from "./test-support.ts";

type Created = Agent & { apiKey: string; code: string; details: Record<string, unknown> };

let app: TestApp;
let orgId: string;
let masterKey: string;

beforeAll(async () => {
  app = await startTestApp();
  ({ orgId, masterKey } = await app.organisation());
});
afterAll(() => app.close());

const create = (body: Record<string, unknown>, key = masterKey): Promise<Answer<Created>> =>
  app.call<Created>("POST", "/v1/agents", { key, body });
const emailOf = ({ body }: Answer<Created>) => body.emailIdentities[0]?.email;

describe("a new agent", () => {
  it("has an inbox and a key, and its name is all that is needed", async () => {
    const { status, body } = await create({ name: "Trip Planner", metadata: { team: "travel" } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      orgId,
      name: "Trip Planner",
      slug: "trip-planner",
      status: "ACTIVE",
      metadata: { team: "travel" },
      emailIdentities: [
        { email: "trip-planner@agents.test", domain: "agents.test", localPart: "trip-planner", isPrimary: true },
      ],
      phoneIdentities: [],
      apiKey: expect.stringMatching(/^ak_[0-9A-Za-z]{49}$/),
    });
    expect(body.apiKeyPrefix).toBe(body.apiKey.slice(0, 11));
    expect(await app.call("GET", `/v1/agents/${body.id}`, { key: body.apiKey })).toMatchObject({ status: 200 });
    const again = await app.call("GET", `/v1/agents/${body.id}`, { key: masterKey });
    expect(again.body).not.toHaveProperty("apiKey");
  });

  it("stands in the log with who made it, and without its key", async () => {
    const { body } = await create({ name: "Logged" });
    const [event] = await eventsOf(app, orgId, { agentId: body.id, event: "agent.created" });
    expect(event).toMatchObject({
      channel: "agent",
      result: "SUCCESS",
      actorType: "API_KEY",
      resourceId: body.id,
      data: { inboxId: body.emailIdentities[0]?.id, email: "logged@agents.test", name: "Logged" },
      detail: "Logged <logged@agents.test>",
    });
    expect(JSON.stringify(event)).not.toContain(body.apiKey);
  });

  it("is made once for one Idempotency-Key, and its key told again", async () => {
    const request = { key: masterKey, body: { name: "Twice" }, idempotencyKey: "make-twice" };
    const [first, second] = await Promise.all([
      app.call<Created>("POST", "/v1/agents", request),
      app.call<Created>("POST", "/v1/agents", request),
    ]);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(await eventsOf(app, orgId, { agentId: first.body.id })).toHaveLength(1);
  });

  it("gets another slug and address where the ones made of its name are taken or reserved", async () => {
    await create({ name: "Popular" });
    const second = await create({ name: "Popular" });
    expect(second.body.slug).toMatch(/^popular-[0-9]+$/);
    const reserved = await create({ name: "Postmaster" });
    expect(reserved.body.slug).toBe("postmaster");
    expect(emailOf(reserved)).toMatch(/^postmaster-[0-9]+@agents\.test$/);
    const { masterKey: elsewhere } = await app.organisation();
    const foreign = await create({ name: "Popular" }, elsewhere);
    expect(foreign.body.slug).toBe("popular");
    expect(emailOf(foreign)).toMatch(/^popular-[0-9]+@agents\.test$/);
  });

  it("gets free names also when many are made at the same instant", async () => {
    const { masterKey: other } = await app.organisation();
    const keys = Array.from({ length: 8 }, (_, i) => (i % 2 ? masterKey : other));
    const made = await Promise.all(keys.map((key) => create({ name: "Crowd" }, key)));
    expect(made.map(({ status }) => status)).toEqual(keys.map(() => 201));
    expect(new Set(made.map(emailOf)).size).toBe(keys.length);
  });

  it("may have the address that it asks for, whole or only the part before the @", async () => {
    expect(emailOf(await create({ name: "A", email: "Whole.Address@Agents.TEST" }))).toBe("whole.address@agents.test");
    expect(emailOf(await create({ name: "B", email: "half" }))).toBe("half@agents.test");
  });

  it("may take over an inbox that has no agent", async () => {
    const inbox = await app.call<{ id: string }>("POST", "/v1/inboxes", {
      key: masterKey,
      body: { username: "waiting" },
    });
    const taker = await create({ name: "Taker", inboxId: "waiting@agents.test" });
    expect(taker).toMatchObject({ status: 201, body: { emailIdentities: [{ id: inbox.body.id }] } });
    expect(await create({ name: "Late", inboxId: inbox.body.id })).toMatchObject({
      status: 409,
      body: { code: "CONFLICT" },
    });
  });

  it("is refused, and nothing of it stays, for a slug or address that is taken", async () => {
    const { masterKey: key, orgId: org } = await app.organisation();
    await create({ name: "First", slug: "mine", email: "taken-address" }, key);
    const before = await app.runtime.db.prisma.agent.count({ where: { orgId: org } });
    const refusals: [string, Record<string, unknown>][] = [
      ["slug", { slug: "mine" }],
      ["email", { email: "taken-address@agents.test" }],
      ["email", { email: "postmaster" }],
    ];
    for (const [field, fields] of refusals) {
      expect(await create({ name: "Second", ...fields }, key)).toMatchObject({
        status: 409,
        body: { code: "CONFLICT", details: { field } },
      });
    }
    expect(await app.runtime.db.prisma.agent.count({ where: { orgId: org } })).toBe(before);
  });

  it.each([
    ["name", {}],
    ["name", { name: "a\u0007b" }],
    ["slug", { name: "A", slug: "Not A Slug" }],
    ["email", { name: "A", email: "a@elsewhere.test" }],
    ["email", { name: "A", email: "two..dots" }],
    ["inboxId", { name: "A", email: "a", inboxId: "b" }],
    ["provisionPhone", { name: "A", provisionPhone: "often" }],
    ["metadata", { name: "A", metadata: { big: "x".repeat(17_000) } }],
  ])("is told what is wrong with %s", async (field, body) => {
    expect(await create(body)).toMatchObject({
      status: 400,
      body: { code: "VALIDATION_ERROR", details: { fields: [{ field }] } },
    });
  });

  it("is for the master key only, in its own organisation, with its own inbox", async () => {
    const { key } = await app.agent(masterKey);
    expect(await create({ name: "A" }, key)).toMatchObject({ status: 403, body: { code: "MASTER_KEY_REQUIRED" } });
    expect((await eventsOf(app, orgId, { event: "key.access.refused" }))[0]).toMatchObject({ result: "DENIED" });

    const other = await app.organisation();
    expect(await create({ name: "A", orgId: other.orgId })).toMatchObject({ status: 404 });
    expect(await create({ name: "A", orgId })).toMatchObject({ status: 201 });
    const foreign = await app.call<{ id: string }>("POST", "/v1/inboxes", { key: other.masterKey, body: {} });
    expect(await create({ name: "A", inboxId: foreign.body.id })).toMatchObject({ status: 404 });
  });
});

describe("the number of agents that the plan allows", () => {
  it("is kept exactly, however many are made at the same instant", async () => {
    const free = await app.organisation("FREE");
    const made = await Promise.all(Array.from({ length: 10 }, () => create({ name: "Racer" }, free.masterKey)));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(3);
    const refused = made.find(({ status }) => status !== 201);
    expect(refused).toMatchObject({
      status: 402,
      body: {
        code: "PAYMENT_REQUIRED",
        details: { resource: "agents", period: null, capUnits: 3, usedUnits: 3, remediation: { plan: "STARTER" } },
      },
    });
    const [event] = await eventsOf(app, free.orgId, { event: "agent.creation.refused" });
    expect(event).toMatchObject({ result: "DENIED", data: { reason: "PLAN_LIMIT", limit: 3, used: 3 } });
  });

  it("does not count deleted ones", async () => {
    const { masterKey: key } = await app.organisation("FREE");
    const made = [await create({ name: "A" }, key), await create({ name: "B" }, key), await create({ name: "C" }, key)];
    expect((await create({ name: "D" }, key)).status).toBe(402);
    await app.call("DELETE", `/v1/agents/${made[0]?.body.id}`, { key });
    expect((await create({ name: "D" }, key)).status).toBe(201);
  });
});
