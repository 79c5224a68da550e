import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { consoleOf } from "../../trpc/test-support.ts";
import { challengesOf, eventsOf, signUp } from "../agents/test-support.ts";
import { deliverMessage } from "../email/deliver.ts";
import type { MailGateway } from "../email/gateway.ts";
import { makeAgent, type TestAgent } from "../messages/test-support.ts";
import { createSignInLink } from "./links.ts";

const HOUR_SECONDS = 3_600;

let app: TestApp;
let browser: ReturnType<typeof consoleOf>;

beforeAll(async () => {
  app = await startTestApp({ SMTP_RELAY_URL: "smtp://relay.test" });
  browser = consoleOf(app);
});
afterAll(() => app.close());

async function ask(masterKey: string, path: string, input: object = {}) {
  const cookie = await browser.signIn(masterKey);
  const { body } = await browser.query(path, input, { cookie });
  return body.result?.data ?? body.error.data.error;
}

const send = (agent: TestAgent, to = "human@example.com") =>
  app.call<{ id: string }>("POST", "/v1/email/send", { key: agent.key, body: { to, subject: "Hello", body: "Hello" } });

const pause = (agent: TestAgent) =>
  app.call("PATCH", `/v1/agents/${agent.id}`, { key: agent.masterKey, body: { status: "PAUSED" } });

/** Delivers a mail to a peer that answers this to every recipient. */
async function deliver(agent: TestAgent, messageId: string, result: "bounced" | "deferred"): Promise<void> {
  const refuse = async ({ envelope }: { envelope: { to: string[] } }) =>
    envelope.to.map((recipient) => ({ recipient, result, code: 550, response: "550 no such user" }));
  const gateway = {
    send: refuse,
    deliverHere: refuse,
    compose: async () => Buffer.from("mail"),
    generateDkimKeys: async () => [],
    nextAttemptDelaySeconds: () => 60,
  };
  await deliverMessage(app.runtime, gateway as unknown as MailGateway, { orgId: agent.orgId, messageId });
}

describe("the counts of the last hours", () => {
  it("are by hour, of the organisation alone, and say from which event on a follower adds", async () => {
    app.clock.set(new Date("2027-05-04T10:59:00Z"));
    const [agent, other] = [await makeAgent(app), await makeAgent(app)];
    await send(agent);
    app.clock.advanceSeconds(120);
    for (let mail = 0; mail < 2; mail++) await send(agent);
    await send(other);
    await pause(agent);
    await send(agent);

    const counts = await ask(agent.masterKey, "overview.counts");
    expect([counts.from, counts.to]).toEqual(["2027-05-03T12:00:00.000Z", "2027-05-04T12:00:00.000Z"]);
    const mails = counts.counts.filter(({ event }: { event: string }) => /email\.(queued|refused)/.test(event));
    const [first, second] = ["2027-05-04T10:00:00.000Z", "2027-05-04T11:00:00.000Z"];
    expect(mails).toEqual([
      { hour: first, channel: "email", event: "email.queued", result: "SUCCESS", count: 1 },
      { hour: second, channel: "email", event: "email.queued", result: "SUCCESS", count: 2 },
      { hour: second, channel: "email", event: "email.refused", result: "DENIED", count: 1 },
    ]);
    const all = await eventsOf(app, agent.orgId);
    // The question's own sign-in is counted too; those that came later are not.
    const counted = counts.counts.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    expect(counts.nextSeq).toBe(counted);
    expect(all.length).toBe(counted);
  });

  it("can be asked of any 31 days, and of no more", async () => {
    app.clock.set(new Date("2027-06-01T00:30:00Z"));
    const agent = await makeAgent(app);
    await send(agent);
    app.clock.set(new Date("2027-07-20T00:00:00Z"));
    const past = { from: "2027-05-31T23:10:00Z", to: "2027-06-01T00:59:59+00:00" };
    const { counts } = await ask(agent.masterKey, "overview.counts", past);
    expect(counts).toContainEqual(expect.objectContaining({ event: "email.queued", count: 1 }));
    for (const range of [{ from: "2027-07-21T00:00:00Z" }, { from: "2027-06-18T00:00:00Z" }, { from: "today" }]) {
      const error = await ask(agent.masterKey, "overview.counts", range);
      expect([error.code, error.details.fields[0].field]).toEqual(["VALIDATION_ERROR", "from"]);
    }
  });
});

describe("the agents that need a hand", () => {
  it("are those that are paused, were refused or whose mail came back, of the last 24 hours", async () => {
    app.clock.set(new Date("2027-08-01T08:00:00Z"));
    const bouncing = await makeAgent(app);
    const paused = await makeAgent(app, bouncing);
    const fine = await makeAgent(app, bouncing);
    const deleted = await makeAgent(app, bouncing);
    const stranger = await makeAgent(app);
    await pause(stranger);

    for (const agent of [bouncing, deleted]) await deliver(agent, (await send(agent)).body.id, "bounced");
    await deliver(fine, (await send(fine)).body.id, "deferred");
    await app.call("DELETE", `/v1/agents/${deleted.id}`, { key: deleted.masterKey });
    await pause(paused);
    await send(paused);
    app.clock.advanceSeconds(HOUR_SECONDS);
    await send(paused);

    const need = await ask(bouncing.masterKey, "overview.agentsInNeed");
    expect(need).toMatchObject({
      unconfirmedBy: null,
      paused: { items: [{ agentId: paused.id }], hasMore: false },
      refused: {
        items: [
          {
            agentId: paused.id,
            count: 2,
            since: "2027-08-01T08:00:00.000Z",
            last: { event: "email.refused", ts: "2027-08-01T09:00:00.000Z", data: { code: "AGENT_PAUSED" } },
          },
        ],
        hasMore: false,
      },
      failed: {
        items: [
          {
            agentId: bouncing.id,
            count: 1,
            last: { event: "email.bounced", detail: "human@example.com: 550 no such user" },
          },
        ],
        hasMore: false,
      },
    });
    app.clock.advanceSeconds(24 * HOUR_SECONDS);
    const later = await ask(bouncing.masterKey, "overview.agentsInNeed");
    expect(later).toMatchObject({ paused: { items: [{ agentId: paused.id }] }, refused: { items: [] } });
    expect(later.failed.items).toEqual([]);
  });

  it("are named ten at a time, the latest first, and it is said when there are more", async () => {
    const { orgId, masterKey } = await app.organisation();
    const { pool } = app.runtime.db;
    await pool.query(
      `INSERT INTO agent (org_id, id, name, slug, status, created_at, updated_at)
        SELECT $1, lpad(n::text, 5, '0'), 'Agent ' || n, 'agent-' || n, 'PAUSED', now(), now() FROM generate_series(1, 11) n`,
      [orgId],
    );
    const { paused } = await ask(masterKey, "overview.agentsInNeed");
    expect(paused.items).toHaveLength(10);
    expect([paused.items[0].agentName, paused.hasMore]).toEqual(["Agent 11", true]);
  });

  it("are all of an organisation that its human has not confirmed", async () => {
    app.clock.set(new Date("2027-09-01T08:00:00Z"));
    const { body } = await signUp(app, { human_email: "owner@people.test" });
    const link = await createSignInLink(app.runtime, body.organization_id);
    const token = new URL(link).searchParams.get("token");
    const { cookie } = await browser.mutate("session.useLink", { token });
    const unconfirmed = async () =>
      (await browser.query("overview.agentsInNeed", {}, { cookie })).body.result.data.unconfirmedBy;
    expect(await unconfirmed()).toBe("owner@people.test");
    const [challenge] = await challengesOf(app, body.agent_id);
    const verified = await app.call("POST", "/v1/agent/verify", {
      key: body.api_key,
      body: { otp_code: challenge?.code },
    });
    expect(verified.status).toBe(200);
    expect(await unconfirmed()).toBeNull();
  });
});

it("a new organisation has neither an agent nor a mail, until the console makes them", async () => {
  const { masterKey } = await app.organisation();
  expect(await ask(masterKey, "overview.start")).toEqual({ hasAgent: false, hasSent: false });
  const agent = await app.agent(masterKey);
  expect(await ask(masterKey, "overview.start")).toEqual({ hasAgent: true, hasSent: false });
  const cookie = await browser.signIn(masterKey);
  const mail = { agentId: agent.id, to: agent.email, subject: "To itself", body: "Hello" };
  expect((await browser.mutate("mail.send", { formId: "f".repeat(16), fields: mail }, { cookie })).status).toBe(200);
  expect(await ask(masterKey, "overview.start")).toEqual({ hasAgent: true, hasSent: true });
});
