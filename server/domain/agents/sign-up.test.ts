import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { networkOf } from "#server/platform/network.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import type { Context } from "../context.ts";
import { signUp as signUpVerb } from "./sign-up.ts";
import { challengesOf, eventsOf, jobsOf, signUp } from "./test-support.ts";

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ SIGNUPS_PER_HOUR: "1000" });
});
afterAll(() => app.close());

const count = () => app.runtime.db.prisma.organization.count();

describe("an agent that signs itself up", () => {
  it("gets an organisation, an inbox and a key that works, and its human a code", async () => {
    const { status, body } = await signUp(app, {
      human_email: "Ada@People.test",
      username: "shopping-agent",
      name: "Shopping agent",
      provision_vault: true,
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      agent_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      organization_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      inbox_id: "shopping-agent@agents.test",
      api_key: expect.stringMatching(/^ak_/),
      auth_type: "agent_unverified",
      vault_id: null,
    });
    const mine = await app.call("GET", "/v1/orgs/me", { key: body.api_key });
    expect(mine.body).toMatchObject({ id: body.organization_id, tier: "FREE", slug: "shopping-agent" });
    const agent = await app.call("GET", `/v1/agents/${body.agent_id}`, { key: body.api_key });
    expect(agent.body).toMatchObject({
      name: "Shopping agent",
      status: "ACTIVE",
      emailIdentities: [{ email: "shopping-agent@agents.test", isPrimary: true, verified: true }],
      readiness: { canSendEmail: true, canReceiveEmail: true, canSendSms: false, canPlaceVoiceCall: false },
    });

    const [challenge] = await challengesOf(app, body.agent_id);
    expect(challenge?.code).toMatch(/^[0-9]{6}$/);
    expect(await jobsOf(app, "mail-verification-code")).toContainEqual({
      payload: expect.objectContaining({ orgId: body.organization_id, challengeId: challenge?.id }),
      maxAttempts: 25,
    });
  });

  it("leaves a chain in its log, with the human's address in the erasable part only", async () => {
    const { body } = await signUp(app, { human_email: "grace@people.test" });
    const events = await eventsOf(app, body.organization_id);
    expect(events.map(({ event }) => event)).toEqual(["agent.verification.issued", "agent.created", "org.created"]);
    expect(new Set(events.map(({ correlationId }) => correlationId)).size).toBe(1);
    expect(events[0]).toMatchObject({
      agentId: body.agent_id,
      data: { to: "grace@people.test" },
      parentId: events[2]?.id,
    });
    const { rows } = await app.runtime.db.pool.query("SELECT record FROM event WHERE org_id = $1", [
      body.organization_id,
    ]);
    expect(JSON.stringify(rows)).not.toContain("grace@people.test");
  });

  it("never learns the master key, which exists and is stored as a hash", async () => {
    const { body } = await signUp(app);
    const keys = await app.runtime.db.prisma.apiKey.findMany({
      where: { orgId: body.organization_id },
      orderBy: { id: "asc" },
    });
    expect(keys.map(({ kind, isPrimary, scopes }) => ({ kind, isPrimary, scopes }))).toEqual([
      { kind: "MASTER", isPrimary: true, scopes: ["*"] },
      { kind: "AGENT", isPrimary: true, scopes: ["*"] },
    ]);
    expect(JSON.stringify(body)).not.toContain("mk_");
  });

  it("is offered free names when its own is taken or reserved", async () => {
    await signUp(app, { username: "weather" });
    for (const username of ["weather", "postmaster"]) {
      const before = await count();
      const { status, body } = await signUp(app, { username });
      expect(status).toBe(409);
      expect(body).toMatchObject({ code: "CONFLICT", details: { field: "username" } });
      expect(body.details.suggestions).toHaveLength(3);
      expect(await count()).toBe(before);
      const [free] = body.details.suggestions ?? [];
      expect(await signUp(app, { username: free })).toMatchObject({
        status: 201,
        body: { inbox_id: `${free}@agents.test` },
      });
    }
  });

  it("is refused, and nothing is issued or told, when its human has an organisation", async () => {
    const first = await signUp(app, { human_email: "linus@people.test" });
    const before = await count();
    const { status, body } = await signUp(app, { human_email: "LINUS@people.TEST" });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "CONFLICT", details: { field: "human_email" } });
    expect(JSON.stringify(body)).not.toContain(first.body.organization_id);
    expect(await count()).toBe(before);
  });

  it("wins once when it asks many times at the same instant", async () => {
    const equal = { human_email: "race@people.test", username: "racer" };
    const answers = await Promise.all(Array.from({ length: 6 }, () => signUp(app, equal)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    const oneName = await Promise.all(Array.from({ length: 4 }, () => signUp(app, { username: "one-name" })));
    expect(oneName.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const { prisma } = app.runtime.db;
    expect(await prisma.organization.count({ where: { slug: { startsWith: "one-name" } } })).toBe(1);
    expect(await prisma.agent.count({ where: { slug: { in: ["racer", "one-name"] } } })).toBe(2);
  });

  it.each([
    ["human_email", { human_email: "nobody" }],
    ["human_email", { human_email: "Ada <ada@people.test>" }],
    ["human_email", { human_email: "other-agent@agents.test" }],
    ["username", { username: "x" }],
    ["username", { username: "Upper" }],
    ["username", { username: "a".repeat(65) }],
    ["name", { name: "" }],
  ])("is told what is wrong with %s: %j", async (field, fields) => {
    const { status, body } = await signUp(app, fields);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "VALIDATION_ERROR", details: { fields: [{ field }] } });
  });
});

describe("the limit of sign-ups", () => {
  const from = (limited: TestApp, principal: Context["principal"], clientAddress: string): Context => ({
    services: limited.runtime,
    principal,
    requestId: null,
    clientAddress,
    correlationId: "corr_limit",
    correlationGiven: false,
  });
  let serial = 0;
  const names = () => ({ human_email: `limit-${++serial}@people.test`, username: `limit-${serial}` });

  it("counts per address, also for whoever brings a key", async () => {
    const limited = await startTestApp({ SIGNUPS_PER_HOUR: "2" });
    try {
      const address = "203.0.113.7";
      const anonymous = from(limited, { kind: "anonymous", address }, address);
      const first = await signUpVerb(anonymous, names());
      const keyed = await limited.runtime.directory.principalOf(first.api_key);
      await signUpVerb(from(limited, keyed as Context["principal"], address), names());

      const refused = { code: "RATE_LIMIT", details: { limit: 2, remaining: 0, retryAfter: expect.any(Number) } };
      await expect(signUpVerb(anonymous, names())).rejects.toMatchObject(refused);
      await expect(signUpVerb(from(limited, keyed as Context["principal"], address), names())).rejects.toMatchObject({
        ...refused,
        headers: { "retry-after": expect.stringMatching(/^[0-9]+$/) },
      });
      const elsewhere = from(limited, { kind: "anonymous", address: "203.0.113.8" }, "203.0.113.8");
      await expect(signUpVerb(elsewhere, names())).resolves.toMatchObject({ auth_type: "agent_unverified" });
    } finally {
      await limited.close();
    }
  });

  it("takes a whole IPv6 network for one client", async () => {
    const limited = await startTestApp({ SIGNUPS_PER_HOUR: "1" });
    const at = (address: string) => from(limited, { kind: "anonymous", address }, address);
    try {
      await signUpVerb(at("2001:db8:1:2::9"), names());
      await expect(signUpVerb(at("2001:db8:1:2:3:4:5:6"), names())).rejects.toMatchObject({ code: "RATE_LIMIT" });
    } finally {
      await limited.close();
    }
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe(networkOf("2001:db8:1:2::9"));
    expect(networkOf("2001:db8:1:2::9")).not.toBe(networkOf("2001:db8:1:3::9"));
    expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
  });

  it("can be nought: then nobody signs up", async () => {
    const closed = await startTestApp({ SIGNUPS_PER_HOUR: "0" });
    try {
      expect(await signUp(closed)).toMatchObject({ status: 403, body: { code: "FORBIDDEN" } });
    } finally {
      await closed.close();
    }
  });
});
