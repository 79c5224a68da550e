import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import type { Message } from "../messages/schemas.ts";
import { makeAgent, storeMessage, type TestAgent } from "../messages/test-support.ts";

let app: TestApp;
let agent: TestAgent;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  agent = await makeAgent(app);
});

const post = (path: string, body: object) => app.call<Message>("POST", path, { key: agent.key, body });

describe("inReplyTo with the id of a mail here", () => {
  const answer = (inReplyTo: string) =>
    post("/v1/email/send", { to: "alice@example.com", subject: "Re: Order", body: "On its way.", inReplyTo });

  it("joins thread and chain of that mail, also where it came without a Message-ID", async () => {
    for (const externalId of ["order-1@example.com", null]) {
      const original = await storeMessage(app, agent, { externalId });
      const { threadId, correlationId } = original;
      const { status, body } = await answer(original.id);
      expect({ status, body }).toMatchObject({
        status: 201,
        body: { threadId, correlationId, inReplyTo: externalId, references: externalId === null ? [] : [externalId] },
      });
    }
  });

  it("knows no other agent's mail, and no text message", async () => {
    const colleague = await makeAgent(app, agent);
    const theirs = await storeMessage(app, colleague);
    const text = await storeMessage(app, agent, { channel: "SMS" });
    for (const { id } of [theirs, text]) expect(await answer(id)).toMatchObject({ status: 404 });
  });
});

describe("an answer to a mail with a subject longer than one may be", () => {
  const reply = async (subject: string) => {
    const original = await storeMessage(app, agent, { subject });
    const { status, body } = await post(`/v1/email/${original.id}/reply`, { body: "Yes." });
    expect(status).toBe(201);
    return body.subject;
  };

  it("has as much of it as it may, never half a character", async () => {
    expect(await reply(`${"a".repeat(993)}${"\u{1f600}".repeat(9)}`)).toBe(`Re: ${"a".repeat(993)}`);
    expect(await reply(`Re: ${"b".repeat(1_500)}`)).toBe(`Re: ${"b".repeat(994)}`);
  });
});

describe("passing on a mail with HTML", () => {
  it("shows what the agent wrote above it in the HTML too", async () => {
    const original = await storeMessage(app, agent, { bodyHtml: "<p>Where is my parcel?</p>" });
    const { body } = await post(`/v1/email/${original.id}/forward`, {
      to: "depot@example.com",
      body: "Is <this> yours?\n\nAda",
    });
    expect(body.body).toMatch(/^Is <this> yours\?\n\nAda\n\n-+ Forwarded message/);
    expect(body.bodyHtml).toMatch(
      /^<div style="white-space: pre-wrap">Is &lt;this&gt; yours\?\n\nAda<\/div><br>.*Where is my parcel/s,
    );
  });

  it("keeps the HTML that the agent wrote, and adds nothing where nothing was written", async () => {
    const original = await storeMessage(app, agent, { bodyHtml: "<p>Where?</p>" });
    const forward = (body: object) => post(`/v1/email/${original.id}/forward`, { to: "depot@example.com", ...body });
    expect((await forward({ body: "Yours?", bodyHtml: "<b>Yours?</b>" })).body.bodyHtml).toMatch(
      /^<b>Yours\?<\/b><br>/,
    );
    expect((await forward({})).body.bodyHtml).toMatch(/^<br>/);
    expect((await forward({ body: "Yours?", quoteOriginal: false })).body.bodyHtml).toBeNull();
  });
});
