import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TestApp } from "../../test/support/app.ts";
import { dataOf, type Joined, type Office, openOffice } from "../../test/support/office.ts";
import { CONSENT, makePhoneAgent, NOON, type PhoneAgent, pass, work } from "../../test/support/phone.ts";
import { eventsOf } from "../domain/agents/test-support.ts";
import { doNotCallFile } from "./exports.ts";
import { doNotCallImport } from "./imports.ts";

let office: Office;
let app: TestApp;
let agent: PhoneAgent;
let owner: string;
let viewer: Joined;

beforeAll(async () => {
  office = await openOffice();
  app = office.app;
});
afterAll(() => office.close());
beforeEach(async () => {
  app.clock.set(NOON);
  agent = await makePhoneAgent(app);
  owner = await office.browser.signIn(agent.masterKey);
});

const query = (path: string, input: object = {}) =>
  dataOf(office.browser.query(`compliance.${path}`, input, { cookie: owner }));
const act = (path: string, input: object) =>
  dataOf(office.browser.mutate(`compliance.${path}`, input, { cookie: owner }));
const place = (to: string, more: object = CONSENT) =>
  app.call("POST", "/v1/voice/calls", { key: agent.key, body: { to, tier: "basic", ...more } });

/** A call in which the person says something. @returns its id */
async function said(to: string, text: string): Promise<string> {
  const { body } = await place(to);
  const id = String(body.callId);
  await work(app, agent.orgId);
  await pass(app, 3);
  await app.call("POST", `/v1/sandbox/calls/${id}/say`, { key: agent.masterKey, body: { text } });
  await pass(app, 1);
  return id;
}

describe("what was heard in a call or a text", () => {
  const PLEA = "Please stop calling me.";

  test("waits with its words until it is acted on, by whichever door", async () => {
    const call = await said("+12125550142", PLEA);
    await said("+16465550142", "Take me off your list!");
    await said("+19175550142", "Remove my number.");
    await said("+17185550142", "Where is my parcel?");
    const heard = await query("stopHeard");
    expect(heard.items).toMatchObject([
      { phoneNumber: "+19175550142", words: "Remove my number." },
      { phoneNumber: "+16465550142" },
      {
        phoneNumber: "+12125550142",
        words: PLEA,
        channel: "voice",
        resourceId: call,
        toNumber: agent.number,
        agentId: agent.id,
      },
    ]);

    const waiting = async () => (await query("stopHeard")).items.length;
    await act("revokeNumber", { phoneNumber: "+12125550142", reason: `said in a call: ${PLEA}` });
    expect(await waiting()).toBe(2);
    await app.call("POST", "/v1/phone/dnc", { key: agent.key, body: { phoneNumber: "+16465550142" } });
    expect(await waiting()).toBe(1);
    await app.call("POST", "/v1/phone/dnc/import", {
      key: agent.masterKey,
      body: "+19175550142",
      headers: { "content-type": "text/csv" },
    });
    expect(await waiting()).toBe(0);
  });

  test("is dismissed with an event in the chain of the call, and changes nothing for the number", async () => {
    await said("+12125550142", "Don't call me before nine.");
    const [heard] = (await query("stopHeard")).items;
    await act("dismissStopHeard", { id: heard.id });
    expect((await query("stopHeard")).items).toEqual([]);
    const [event] = await eventsOf(app, agent.orgId, { event: "voice.call.stop_dismissed" });
    expect(event).toMatchObject({
      correlationId: heard.correlationId,
      resourceId: heard.resourceId,
      actorType: "USER",
    });
    const again = await office.browser.mutate("compliance.dismissStopHeard", { id: heard.id }, { cookie: owner });
    expect(again.status).toBe(404);
    expect((await place("+12125550142")).status).toBe(201);
  });

  test("is written as well: in other words than a keyword, which is obeyed by itself", async () => {
    const write = async (from: string, body: string) => {
      await app.call("POST", "/v1/sandbox/inbound-sms", {
        key: agent.masterKey,
        body: { from, to: agent.number, body },
      });
      await pass(app, 1);
    };
    await write("+12125550142", "When do you open?");
    await write("+16465550142", "STOP");
    await write("+19175550142", "Please stop texting me, I have moved.");
    const [heard, ...more] = (await query("stopHeard")).items;
    expect(more).toEqual([]);
    expect(heard).toMatchObject({ channel: "sms", phoneNumber: "+19175550142", toNumber: agent.number });
    const { body: thread } = await app.call("GET", `/v1/phone/sms/threads/${heard.threadId}`, { key: agent.key });
    expect(thread).toMatchObject({ messages: [{ id: heard.resourceId, body: heard.words }] });
    const conversation = async () =>
      dataOf(office.browser.query("texts.thread", { id: heard.threadId }, { cookie: owner }));
    expect((await conversation()).standing).toMatchObject({
      optedOut: null,
      listed: null,
      heard: { words: heard.words },
    });

    const [noted] = await eventsOf(app, agent.orgId, { event: "sms.stop_heard" });
    const [received] = await eventsOf(app, agent.orgId, { event: "sms.received" });
    expect(received?.resourceId).toBe(heard.resourceId);
    expect(noted).toMatchObject({ parentId: received?.id, correlationId: heard.correlationId, direction: "INBOUND" });
    await act("dismissStopHeard", { id: heard.id });
    const [dismissed] = await eventsOf(app, agent.orgId, { event: "sms.stop_dismissed" });
    expect(dismissed).toMatchObject({ parentId: received?.id, resourceId: heard.resourceId, actorType: "USER" });
    expect((await conversation()).standing.heard).toBeNull();
  });

  test("of somebody who is on the list already asks nobody", async () => {
    const call = await place("+12125550142");
    await work(app, agent.orgId);
    await pass(app, 3);
    await act("addDoNotCall", { phoneNumber: "+12125550142" });
    const say = { key: agent.masterKey, body: { text: PLEA } };
    await app.call("POST", `/v1/sandbox/calls/${call.body.callId}/say`, say);
    await pass(app, 1);
    expect(await eventsOf(app, agent.orgId, { event: "voice.call.stop_heard" })).toHaveLength(1);
    expect((await query("stopHeard")).items).toEqual([]);
  });

  test("is not seen by another organisation", async () => {
    await said("+12125550142", PLEA);
    const [heard] = (await query("stopHeard")).items;
    const { masterKey } = await app.organisation();
    const other = await office.browser.signIn(masterKey);
    expect((await dataOf(office.browser.query("compliance.stopHeard", {}, { cookie: other }))).items).toEqual([]);
    const answer = await office.browser.mutate("compliance.dismissStopHeard", { id: heard.id }, { cookie: other });
    expect(answer.status).toBe(404);
  });
});

test("an opt-out says which number it was said to and leads to its chain", async () => {
  const body = { from: "+12125550142", to: agent.number, body: "STOP" };
  await app.call("POST", "/v1/sandbox/inbound-sms", { key: agent.masterKey, body });
  await pass(app, 1);
  const [one] = (await query("optOuts")).items;
  expect(one).toMatchObject({ phoneNumber: "+12125550142", keyword: "STOP", toNumber: agent.number });
  const chain = await eventsOf(app, agent.orgId, { correlationId: one.correlationId });
  expect(chain.map(({ event }) => event)).toContain("sms.opted_out");
  await act("liftOptOut", { phoneNumber: "+12125550142" });
  expect((await query("optOuts")).items).toEqual([]);
});

test("refusals are listed newest first with their gate, and counted by it over a day and a week", async () => {
  await place("+12125550142", {});
  app.clock.advanceSeconds(3 * 86_400);
  // A session does not last that long unused.
  owner = await office.browser.signIn(agent.masterKey);
  await place("+12125550142", {});
  await app.call("POST", "/v1/phone/send-sms", { key: agent.key, body: { to: "911", body: "Hi", ...CONSENT } });
  await app.call("PATCH", `/v1/agents/${agent.id}`, { key: agent.masterKey, body: { status: "PAUSED" } });
  await place("+12125550142");
  await app.call("GET", "/v1/agents", { key: agent.key });
  const { items } = await query("refusals");
  expect(items.map(({ event, data }: { event: string; data: object }) => [event, data])).toMatchObject([
    ["voice.call.refused", { code: "AGENT_PAUSED" }],
    ["sms.refused", { gate: "number" }],
    ["voice.call.refused", { gate: "consent", code: "CONSENT_REQUIRED" }],
    ["voice.call.refused", { gate: "consent" }],
  ]);
  // Both parts of the event: the verdict of every gate, and the facts that it looked at.
  expect(items[2].data.gates).toHaveLength(7);
  expect(items[2].data.gates[2]).toMatchObject({ gate: "consent", verdict: "refuse", facts: expect.any(Object) });
  expect((await query("refusals", { channel: "sms" })).items).toHaveLength(1);
  const first = await query("refusals", { limit: 3 });
  const rest = await query("refusals", { limit: 3, cursor: first.pagination.nextCursor });
  expect(rest).toMatchObject({ items: [{ data: { gate: "consent" } }], pagination: { hasMore: false } });
  expect(await query("refusalsByGate")).toEqual([
    { gate: "plan", day: 0, week: 0 },
    { gate: "number", day: 1, week: 1 },
    { gate: "consent", day: 1, week: 2 },
    { gate: "do_not_call", day: 0, week: 0 },
    { gate: "reassigned", day: 0, week: 0 },
    { gate: "calling_hours", day: 0, week: 0 },
    { gate: "frequency", day: 0, week: 0 },
    { gate: null, day: 1, week: 1 },
  ]);
});

describe("the do-not-call list as a file", () => {
  const headers = (cookie: string) => ({
    cookie,
    host: "anima.example",
    origin: "https://anima.example",
    "content-type": "text/csv",
  });
  const send = (body: string, more: Record<string, string> = {}) =>
    doNotCallImport(
      app.runtime,
      new Request("https://anima.example/api/import/do-not-call", {
        method: "POST",
        headers: { ...headers(owner), ...more },
        body,
      }),
    );
  const file = async () =>
    doNotCallFile(
      app.runtime,
      new Request("https://anima.example/api/export/do-not-call", {
        method: "POST",
        headers: headers(owner),
        body: "{}",
      }),
    );
  const NUMBERS = Array.from({ length: 50_000 }, (_, index) => `+1${2_012_000_000 + index * 7}`);

  test("is stored step by step, and what is exported is what was imported", async () => {
    const answer = await send(NUMBERS.join("\n"));
    const lines = (await answer.text()).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { stored: 20_000, of: 50_000 },
      { stored: 40_000, of: 50_000 },
      { stored: 50_000, of: 50_000 },
      { rows: 50_000, added: 50_000, alreadyListed: 0 },
    ]);
    const exported = await file();
    expect(exported.headers.get("x-record-count")).toBe("50000");
    const text = await exported.text();
    const [, ...rows] = text.trimEnd().split("\r\n");
    expect(rows.pop()).toBe("# complete: 50000 numbers,,,");
    expect(rows.map((row) => row.split(",")[0])).toEqual(NUMBERS);
    expect(await (await send(text)).text()).toContain('"added":0,"alreadyListed":50000');
  });

  test("is refused with the lines that are no numbers before anything is stored", async () => {
    const answer = await send("phone_number\n+12125550142\nnobody\n+16465550142\n");
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { code: "VALIDATION_ERROR", details: { fields: [{ field: "line 3" }] } } },
    ]);
    expect((await query("doNotCall")).items).toEqual([]);
  });

  test("that is left off halfway stores nothing", async () => {
    const reader = (await send(NUMBERS.join("\n"))).body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('"stored":20000');
    await reader?.cancel();
    expect((await query("doNotCall")).items).toEqual([]);
  });

  test("that is being stored when its session ends is cut, and nothing of it stays", async () => {
    const reader = (await send(NUMBERS.join("\n"))).body?.getReader();
    await reader?.read();
    await office.browser.mutate("session.signOut", {}, { cookie: owner });
    await expect(reader?.read()).rejects.toThrow("the session has ended");
    owner = await office.browser.signIn(agent.masterKey);
    expect((await query("doNotCall")).items).toEqual([]);
  });

  test("that is too large is refused, and a broken one too", async () => {
    const answer = await send(`${"# nothing\n".repeat(3_200_000)}+12125550142`);
    expect([answer.status, (await answer.json()).error.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
    const broken = await send('"unclosed');
    expect([broken.status, (await broken.json()).error.details.fields[0].field]).toEqual([400, "csv"]);
  });

  test("is closed to a viewer, to another site, and to whoever is not signed in", async () => {
    viewer = await office.join(owner, "viewer@people.test", "VIEWER");
    for (const [more, code] of [
      [{ cookie: viewer.cookie }, "FORBIDDEN"],
      [{ origin: "https://elsewhere.example" }, "FORBIDDEN"],
      [{ cookie: "" }, "UNAUTHORIZED"],
    ] as const) {
      expect((await (await send("+12125550142", more)).json()).error.code).toBe(code);
    }
    expect((await query("doNotCall")).items).toEqual([]);
  });
});
