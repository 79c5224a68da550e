import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { challengesOf, eventsOf, jobsOf, type SignedUpBody, signUp } from "./test-support.ts";
import { codeOf } from "./verification-code.ts";

let app: TestApp;
let agent: SignedUpBody;

beforeAll(async () => {
  app = await startTestApp({ SIGNUPS_PER_HOUR: "1000" });
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ body: agent } = await signUp(app));
});

const verify = (code: unknown) =>
  app.call("POST", "/v1/agent/verify", { key: agent.api_key, body: { otp_code: code } });
const codes = async () => (await challengesOf(app, agent.agent_id)).map(({ code }) => code);
const newestCode = async () => (await codes()).at(-1) as string;
/** A code that none of the agent's challenges has. */
const wrongCode = async () => {
  const right = await codes();
  return ["111111", "222222", "333333"].find((code) => !right.includes(code)) as string;
};

const VERIFIED = { status: 200, body: { verified: true, auth_type: "agent_verified" } };
const REFUSED = { status: 200, body: { verified: false, auth_type: "agent_unverified" } };

describe("the code that the human got", () => {
  it("makes the organisation verified, once and for all", async () => {
    expect(await verify(await newestCode())).toMatchObject(VERIFIED);
    expect(await verify("000000")).toMatchObject(VERIFIED);
    expect(await app.call("GET", "/v1/agent/status", { key: agent.api_key })).toMatchObject({
      body: { auth_type: "agent_verified" },
    });
    const [event] = await eventsOf(app, agent.organization_id, { event: "agent.verified" });
    expect(event).toMatchObject({ result: "SUCCESS", agentId: agent.agent_id, data: { attempts: 1 } });
  });

  it("is refused when it is wrong, and still good after that", async () => {
    expect(await verify(await wrongCode())).toMatchObject(REFUSED);
    const [event] = await eventsOf(app, agent.organization_id, { event: "agent.verification.refused" });
    expect(event).toMatchObject({ result: "DENIED", data: { reason: "WRONG", attempts: 1, codeMailed: false } });
    expect(await verify(await newestCode())).toMatchObject(VERIFIED);
  });

  it("is dead after 15 minutes, and a fresh one is mailed", async () => {
    const old = await newestCode();
    const mails = (await jobsOf(app, "mail-verification-code")).length;
    app.clock.advanceSeconds(15 * 60);
    expect(await verify(old)).toMatchObject(REFUSED);
    expect(await jobsOf(app, "mail-verification-code")).toHaveLength(mails + 1);
    expect(await verify(await newestCode())).toMatchObject(VERIFIED);
  });

  it("is good for the last second", async () => {
    app.clock.advanceSeconds(15 * 60 - 1);
    expect(await verify(await newestCode())).toMatchObject(VERIFIED);
  });

  it("is dead after five tries, and a fresh one is mailed", async () => {
    const first = await newestCode();
    const wrong = await wrongCode();
    for (let i = 0; i < 5; i++) expect(await verify(wrong)).toMatchObject(REFUSED);
    expect(await verify(first)).toMatchObject(REFUSED);
    const [one, two] = await challengesOf(app, agent.agent_id);
    expect(one).toMatchObject({ attempts: 5, closedAt: expect.any(Date) });
    expect(two).toMatchObject({ attempts: 1, closedAt: null });
    expect(await verify(await newestCode())).toMatchObject(VERIFIED);
  });

  it("is tried five times and no more by fifty guesses at the same instant, and its human not flooded", async () => {
    const wrong = await wrongCode();
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(wrong)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const challenges = await challengesOf(app, agent.agent_id);
    expect(challenges).toHaveLength(5);
    expect(challenges.map(({ attempts }) => attempts)).toEqual([5, 5, 5, 5, 5]);

    app.clock.advanceSeconds(3_601);
    expect(await verify(wrong)).toMatchObject(REFUSED);
    expect(await challengesOf(app, agent.agent_id)).toHaveLength(6);
  });

  it("is mailed at most twenty times a day, however patient the asker", async () => {
    for (let hour = 0; hour < 23; hour++) {
      app.clock.advanceSeconds(3_601);
      await verify("000000");
    }
    expect(await challengesOf(app, agent.agent_id)).toHaveLength(20);
  });

  it.each(["12345", "1234567", "12 456", "abcdef", 123456, undefined])("must have six digits: %j", async (code) => {
    const { status, body } = await verify(code);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "VALIDATION_ERROR", details: { fields: [{ field: "otp_code" }] } });
  });

  it("opens nothing for another agent", async () => {
    const code = await newestCode();
    const { body: other } = await signUp(app);
    const stranger = await app.call("POST", "/v1/agent/verify", { key: other.api_key, body: { otp_code: code } });
    expect(stranger).toMatchObject(REFUSED);
  });

  it("needs the agent's own key", async () => {
    const { orgId, masterKey } = await app.organisation();
    const body = { otp_code: "000000" };
    expect(await app.call("POST", "/v1/agent/verify", { body })).toMatchObject({ status: 401 });
    expect(await app.call("POST", "/v1/agent/verify", { key: masterKey, body })).toMatchObject({ status: 403 });
    expect(await eventsOf(app, orgId, { event: "key.access.refused" })).toHaveLength(1);
    const { key } = await app.agent(masterKey);
    expect(await app.call("POST", "/v1/agent/verify", { key, body })).toMatchObject({
      body: { verified: true, auth_type: "claimed" },
    });
  });
});

describe("codes", () => {
  it("have six digits each, and spread over all of them", () => {
    const made = Array.from({ length: 2_000 }, (_, i) => codeOf(app.runtime.rootKey, `challenge ${i}`));
    expect(made.every((code) => /^[0-9]{6}$/.test(code))).toBe(true);
    const firstDigits = new Set(made.map((code) => code[0]));
    expect(firstDigits.size).toBe(10);
    expect(new Set(made).size).toBeGreaterThan(1_980);
  });
});

describe("the status of an agent", () => {
  it("tells plan, use and ownership, to either key", async () => {
    const { status, body } = await app.call("GET", "/v1/agent/status", { key: agent.api_key });
    expect(status).toBe(200);
    expect(body).toEqual({
      auth_type: "agent_unverified",
      plan: "FREE",
      limits: {
        agents: 3,
        agents_used: 1,
        identities: 3,
        identities_used: 1,
        messages: 3_000,
        domains: 0,
        domains_used: 0,
      },
      capabilities: { email: true, phone: true, vault: false },
      upgrade_url: null,
    });
    const { masterKey } = await app.organisation();
    expect(await app.call("GET", "/v1/agent/status", { key: masterKey })).toMatchObject({
      body: { auth_type: "claimed", limits: { agents: null, agents_used: 0 } },
    });
    expect(await app.call("GET", "/v1/agent/status")).toMatchObject({ status: 401 });
  });
});
