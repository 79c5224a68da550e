import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type MailHost,
  type ReceivedMail,
  replyHeaders,
  sendReply,
  startMailHost,
} from "../../e2e/support/mail-host.ts";
import { dnsWithKeys } from "../../server/gateways/mail-out/test-support.ts";
import { createInstallation, type Installation, type ServerProcess } from "../support/server-process.ts";
import { waitFor } from "../support/wait.ts";
import { type EventStream, openEventStream } from "./support/event-stream.ts";
import {
  type Agent,
  allMessages,
  createAgent,
  INIT_ENV,
  MASTER_KEY,
  type MessageView,
} from "./support/organisation.ts";
import { hurry, query, runNow } from "./support/queue.ts";

type ChainEvent = {
  id: string;
  event: string;
  direction: string | null;
  result: string;
  resourceId: string | null;
  parentId: string | null;
  correlationId: string;
};

let host: MailHost;
let installation: Installation;
let server: ServerProcess;

beforeAll(async () => {
  host = await startMailHost();
  installation = await createInstallation({ env: INIT_ENV });
  server = await installation.start({ SMTP_RELAY_URL: host.url });
});
afterAll(async () => {
  await installation.remove();
  await host.close();
});

const databaseUrl = () => installation.databaseUrl as string;

async function message(id: string, key: string): Promise<MessageView> {
  const { status, body } = await server.call<MessageView>("GET", `/v1/email/${id}`, { key });
  expect(status).toBe(200);
  return body;
}

function becomes(id: string, key: string, state: Partial<MessageView>): Promise<void> {
  return waitFor(async () => expect(await message(id, key)).toMatchObject(state), { interval: 50 });
}

async function send(key: string, fields: { to: string; subject: string; body?: string }): Promise<MessageView> {
  const { status, body } = await server.call<MessageView>("POST", "/v1/email/send", {
    key,
    body: { body: "Hello.", ...fields },
  });
  expect(status).toBe(201);
  expect(body.status).toBe("QUEUED");
  return body;
}

async function chainOf(correlationId: string, key: string): Promise<ChainEvent[]> {
  const { status, body } = await server.call<{ items: ChainEvent[] }>(
    "GET",
    `/v1/audit/events?correlation_id=${correlationId}`,
    { key },
  );
  expect(status).toBe(200);
  return body.items;
}

describe("an agent that signs itself up", () => {
  let stream: EventStream;
  let agent: { id: string; key: string; address: string };
  let sent: MessageView;
  let firstMail: ReceivedMail;
  let answerId: string;

  it("gets an address and a key, and its human a code by mail", async () => {
    const { status, body } = await server.call<{ agent_id: string; inbox_id: string; api_key: string }>(
      "POST",
      "/v1/agent/sign-up",
      { body: { human_email: "ada@people.test", username: "scout", name: "Scout" } },
    );
    expect(status).toBe(201);
    agent = { id: body.agent_id, key: body.api_key, address: body.inbox_id };
    expect(agent.address).toBe("scout@agents.test");
    stream = await openEventStream(server, agent.key);

    const tooEarly = await server.call("POST", "/v1/email/send", {
      key: agent.key,
      body: { to: "bob@people.test", subject: "Too early", body: "Hello." },
    });
    expect(tooEarly).toMatchObject({ status: 409, body: { code: "RECIPIENT_NOT_VERIFIED" } });

    const mail = await host.waitForMail((each) => each.envelope.to.includes("ada@people.test"));
    const code = /^Your code: (\d{6})$/m.exec(mail.parsed.text ?? "")?.[1];
    const verified = await server.call("POST", "/v1/agent/verify", { key: agent.key, body: { otp_code: code } });
    expect(verified).toMatchObject({ status: 200, body: { verified: true } });
  });

  it("mails its human, signed with both keys of its domain", async () => {
    sent = await send(agent.key, { to: "Bob <bob@people.test>", subject: "Shall I book?", body: "Paris or Rome?" });
    firstMail = await host.waitForMail((mail) => mail.parsed.subject === "Shall I book?");
    expect(firstMail.parsed).toMatchObject({ from: { text: '"Scout" <scout@agents.test>' }, text: "Paris or Rome?\n" });
    expect(firstMail.messageId).toBe(sent.externalId);

    const keys = await query<Parameters<typeof dnsWithKeys>[0][number]>(
      databaseUrl(),
      `SELECT domain, selector, algorithm, public_key_dns AS "publicKeyDns" FROM dkim_key`,
    );
    const { results } = await dkimVerify(firstMail.raw, { resolver: dnsWithKeys(keys) });
    expect(results.map((result) => `${result.selector}: ${result.status.result}`).sort()).toEqual([
      "anima-ed25519: pass",
      "anima-rsa: pass",
    ]);
    await becomes(sent.id, agent.key, { status: "SENT" });
  });

  it("finds the human's answer in the same thread and the same chain", async () => {
    const { response } = await sendReply({
      smtpPort: server.smtpPort,
      from: "Bob <bob@people.test>",
      ...replyHeaders(firstMail),
      text: "Rome, please.\n\nOn Monday, Scout wrote:\n> Paris or Rome?\n",
    });
    expect(response).toMatch(/^250/);
    const [answer] = await allMessages(server, agent.key, "&direction=INBOUND");
    expect(answer).toMatchObject({
      threadId: sent.threadId,
      correlationId: sent.correlationId,
      extractedText: "Rome, please.",
    });
    answerId = answer?.id ?? "";
  });

  it("answers in turn, and the human's mail program sees one conversation", async () => {
    const { status, body } = await server.call<MessageView>("POST", `/v1/email/${answerId}/reply`, {
      key: agent.key,
      body: { body: "Booked." },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ threadId: sent.threadId, correlationId: sent.correlationId });
    const mail = await host.waitForMail((each) => each.parsed.text?.trim() === "Booked.");
    const answer = await message(answerId, agent.key);
    expect(mail.envelope.to).toEqual(["bob@people.test"]);
    expect(mail.parsed.subject).toBe("Re: Shall I book?");
    expect(mail.parsed.inReplyTo).toBe(`<${answer.externalId}>`);
    expect(mail.parsed.references).toEqual([`<${firstMail.messageId}>`, `<${answer.externalId}>`]);
    await becomes(body.id, agent.key, { status: "SENT" });
  });

  it("sees the whole chain, each event with the one that it follows from", async () => {
    const chain = await chainOf(sent.correlationId, agent.key);
    expect(chain.map((event) => event.event)).toEqual([
      "email.queued",
      "email.sent",
      "email.received",
      "email.queued",
      "email.sent",
    ]);
    const [queued, , received, replied] = chain;
    expect(chain.map((event) => event.parentId)).toEqual([null, queued?.id, queued?.id, received?.id, replied?.id]);
    expect(received).toMatchObject({ direction: "INBOUND", resourceId: answerId, result: "SUCCESS" });
  });

  it("had all of it on the stream that was open from the start, once and in order", async () => {
    const chain = await chainOf(sent.correlationId, agent.key);
    await stream.waitFor((event) => event.seq === (chain.at(-1) as unknown as { seq: number }).seq);
    const streamed = stream.events.filter((event) => event.correlationId === sent.correlationId);
    expect(streamed.map((event) => event.event)).toEqual(chain.map((event) => event.event));
    expect(streamed.every((event) => event.id === event.seq && event.agentId === agent.id)).toBe(true);
    expect(stream.events.map((event) => event.event)).toContain("agent.verified");
    expect(stream.events.map((event) => event.event)).toContain("email.refused");
    stream.close();
  });
});

describe("delivery", () => {
  let left: Agent;
  let right: Agent;

  beforeAll(async () => {
    left = await createAgent(server, "left");
    right = await createAgent(server, "right");
  });

  it("between two agents of one server never leaves it, and is one chain", async () => {
    const before = host.received.length;
    const sent = await send(left.key, { to: right.email, subject: "Between us" });
    await becomes(sent.id, left.key, { status: "SENT" });
    const [received] = await allMessages(server, right.key);
    expect(received).toMatchObject({
      subject: "Between us",
      direction: "INBOUND",
      correlationId: sent.correlationId,
      externalId: sent.externalId,
    });
    const chain = await chainOf(sent.correlationId, MASTER_KEY);
    expect(chain.map((event) => event.event).sort()).toEqual(["email.queued", "email.received", "email.sent"]);
    expect(host.received.length).toBe(before);
  });

  it("to an address of our own that nobody has is bounced", async () => {
    const sent = await send(left.key, { to: "nobody@agents.test", subject: "Anybody?" });
    await becomes(sent.id, left.key, { status: "BOUNCED", statusReason: "550 5.1.1 No such mailbox here" });
  });

  it("is tried again when the peer says later", async () => {
    host.behave((question) =>
      question.stage === "rcpt" && question.to === "greylisted@people.test"
        ? { code: 451, text: "4.7.1 Come back in a while" }
        : undefined,
    );
    const sent = await send(left.key, { to: "greylisted@people.test", subject: "Patience" });
    await becomes(sent.id, left.key, {
      status: "QUEUED",
      statusReason: expect.stringContaining("Come back in a while"),
    });
    host.behave();
    expect(await hurry(databaseUrl(), "deliver-email")).toBe(1);
    const mail = await host.waitForMail((each) => each.parsed.subject === "Patience");
    expect(mail.messageId).toBe(sent.externalId);
    await becomes(sent.id, left.key, { status: "SENT", statusReason: null });
    const chain = await chainOf(sent.correlationId, MASTER_KEY);
    expect(chain.map((event) => `${event.event} ${event.result}`)).toEqual([
      "email.queued SUCCESS",
      "email.deferred FAILURE",
      "email.sent SUCCESS",
    ]);
  });

  it("is bounced with the peer's own words when the peer says never", async () => {
    host.behave((question) =>
      question.stage === "rcpt" ? { code: 550, text: "5.1.1 Moved to the countryside" } : undefined,
    );
    const sent = await send(left.key, { to: "gone@people.test", subject: "Are you there?" });
    await becomes(sent.id, left.key, {
      status: "BOUNCED",
      statusReason: expect.stringContaining("Moved to the countryside"),
    });
    host.behave();
    const chain = await chainOf(sent.correlationId, MASTER_KEY);
    expect(chain.map((event) => event.event)).toEqual(["email.queued", "email.bounced"]);
  });

  it("waits while the agent is paused, and goes on when it is resumed", async () => {
    const setStatus = (status: string) =>
      server.call("PATCH", `/v1/agents/${left.id}`, { key: MASTER_KEY, body: { status } });
    // The peer first says later, so that there is something queued to be held.
    host.behave((question) => (question.stage === "rcpt" ? { code: 451, text: "4.3.2 Busy" } : undefined));
    const sent = await send(left.key, { to: "ada@people.test", subject: "Held back" });
    await becomes(sent.id, left.key, { statusReason: expect.stringContaining("Busy") });
    host.behave();
    expect((await setStatus("PAUSED")).status).toBe(200);
    await hurry(databaseUrl(), "deliver-email");
    await becomes(sent.id, left.key, { status: "QUEUED", statusReason: "AGENT_PAUSED" });
    const refused = await server.call("POST", "/v1/email/send", {
      key: left.key,
      body: { to: "ada@people.test", subject: "Not now", body: "Hello." },
    });
    expect(refused).toMatchObject({ status: 403, body: { code: "AGENT_PAUSED" } });
    expect((await setStatus("ACTIVE")).status).toBe(200);
    await host.waitForMail((mail) => mail.parsed.subject === "Held back");
    await becomes(sent.id, left.key, { status: "SENT" });
  });

  it("stays here, and says so, as long as there is no relay", async () => {
    await server.kill("SIGTERM");
    server = await installation.start();
    expect(server.output()).toContain("SMTP_RELAY_URL");
    const sent = await send(left.key, { to: "ada@people.test", subject: "For later" });
    expect(sent.statusReason).toBe("NO_RELAY");
    await runNow(databaseUrl(), "release-held");
    // A mail to here that is accepted later is delivered: the worker had its chance.
    const local = await send(left.key, { to: right.email, subject: "Meanwhile" });
    await becomes(local.id, left.key, { status: "SENT" });
    await becomes(sent.id, left.key, { status: "QUEUED", statusReason: "NO_RELAY" });

    await server.kill("SIGTERM");
    server = await installation.start({ SMTP_RELAY_URL: host.url });
    await runNow(databaseUrl(), "release-held");
    const mail = await host.waitForMail((each) => each.parsed.subject === "For later");
    expect(mail.messageId).toBe(sent.externalId);
    await becomes(sent.id, left.key, { status: "SENT", statusReason: null });
  });
});
