import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { BAD_KEY, MAX_SESSIONS, TOO_MANY } from "#server/domain/calls/socket-limits.ts";
import { endUnattended } from "#server/domain/calls/sweep.ts";
import { keyWithScopes } from "#server/domain/messages/test-support.ts";
import { CarrierUnsure } from "#server/domain/phone/carrier.ts";
import { openRuntime } from "#server/runtime.ts";
import { startTestApp, type TestApp } from "../../../test/support/app.ts";
import { CONSENT, makePhoneAgent, NOON, type PhoneAgent, pass, work } from "../../../test/support/phone.ts";
import { openVoice, typed, type VoiceClient, type VoiceFrame } from "../../../test/support/voice-client.ts";
import { waitUntil } from "../../../test/support/wait.ts";
import { type HttpServer, startHttpServer } from "../server.ts";

let app: TestApp;
let http: HttpServer;
let url: string;
let agent: PhoneAgent;
let clients: VoiceClient[] = [];

beforeAll(async () => {
  app = await startTestApp({ PORT: "0" });
  http = await startHttpServer(app.runtime, null);
  url = `http://127.0.0.1:${http.port}`;
});
afterAll(async () => {
  await http.close();
  await app.close();
});
beforeEach(async () => {
  app.clock.set(NOON);
  agent = await makePhoneAgent(app);
});
afterEach(() => {
  for (const client of clients) client.close();
  clients = [];
});

async function connect(query: Record<string, string> = { token: agent.key }, at = url): Promise<VoiceClient> {
  const client = await openVoice(at, query);
  clients.push(client);
  return client;
}
const play = (id: string, what: string, body: object = {}) =>
  app.call("POST", `/v1/sandbox/calls/${id}/${what}`, { key: agent.masterKey, body });
const read = async (id: string) => (await app.call("GET", `/v1/voice/calls/${id}`, { key: agent.key })).body;
const order = (to: string, more: object = {}) => ({ type: "call.create", to, ...CONSENT, ...more });

/** Places a call over a connection, and waits until somebody has answered it. */
async function talk(client: VoiceClient, to = "+12125550101", more: object = {}): Promise<string> {
  client.send(order(to, more));
  const { callId = "" } = await client.waitFor((frame) => frame.type === "call.queued" && frame.to === to);
  await work(app, agent.orgId);
  await pass(app, 3);
  await client.waitFor((frame) => frame.type === "call.started" && frame.callId === callId);
  return callId;
}

describe("a conversation", () => {
  it("is held over one connection, from the order to the end", async () => {
    const client = await connect();
    client.send({ type: "ping" });
    await client.waitFor(typed("pong"));
    const id = await talk(client, "+12125550101", {
      requestId: "r1",
      greeting: "Hello.",
      voice: { voiceId: "sandbox:ada" },
    });
    await pass(app, 1);
    await client.waitFor((frame) => frame.type === "call.speak.ended" && frame.text === "Hello.");
    await play(id, "say", { text: "Where is my parcel?" });
    await client.waitFor(
      (frame) => frame.type === "call.transcription" && frame.isFinal === true && frame.speaker === "caller",
    );

    client.send({ type: "call.speak", callId: id, text: "It is on its way.", turnId: "t1" });
    // One kind of client nests what the other writes flat.
    client.send({ type: "call.speak.chunk", data: { callId: id, text: "And it ", turnId: "t2" } });
    client.send({ type: "call.speak.chunk", data: { callId: id, text: "arrives ", turnId: "t2" } });
    client.send({ type: "call.speak.end", data: { callId: id, text: "today.", turnId: "t2" } });
    await segments(id, 4);
    await pass(app, 10);
    await client.waitFor((frame) => frame.type === "call.speak.ended" && frame.turnId === "t2");

    client.send({
      type: "call.speak",
      callId: id,
      text: "one two three four five six seven eight nine ten",
      turnId: "t3",
    });
    await segments(id, 5);
    await pass(app, 1);
    await play(id, "say", { text: "Stop it" });
    const cut = await client.waitFor(typed("call.interrupted"));
    expect(cut).toMatchObject({
      callId: id,
      newTranscription: "Stop it",
      spokenUntil: expect.stringMatching(/^one two/),
    });

    client.send({ type: "call.hangup", callId: id, reason: "done" });
    const ended = await client.waitFor(typed("call.ended"));
    expect(ended).toMatchObject({ reason: "agent_hangup", tier: "basic", duration: 12, requestId: "r1" });
    expect(await read(id)).toMatchObject({ endReason: "agent_hangup", hangupReason: "done" });

    const types = client.frames.filter(({ callId }) => callId === id).map(({ type }) => type);
    expect(types.filter((type) => !type.startsWith("call.transcription"))).toEqual([
      "call.queued",
      "call.ringing",
      "call.started",
      "call.speak.ended",
      "call.speak.ended",
      "call.speak.ended",
      "call.interrupted",
      "call.ended",
    ]);
    // Each once and in order, flat and nested, each with the client's name of the request.
    const own = client.frames.filter(({ callId }) => callId === id);
    expect(own.map(({ seq }) => seq)).toEqual(own.map((_frame, index) => index + 1));
    for (const { type: _type, data, timestamp: _at, ...flat } of own) expect(data).toEqual(flat);
    expect(own.every(({ requestId }) => requestId === "r1")).toBe(true);

    const { body } = await app.call<{ segments: { speaker: string; text: string }[] }>(
      "GET",
      `/v1/voice/calls/${id}/transcript`,
      { key: agent.key },
    );
    expect(body.segments.map(({ speaker, text }) => `${speaker}: ${text}`)).toEqual([
      "agent: Hello.",
      "caller: Where is my parcel?",
      "agent: It is on its way.",
      "agent: And it arrives today.",
      expect.stringMatching(/^agent: one two/),
      "caller: Stop it",
    ]);
  });

  it("has in its transcript what was said, and nothing that was only to be said", async () => {
    const client = await connect();
    const id = await talk(client, "+12125550105", { greeting: "Hello there, this is Anima." });
    const said = async () => {
      const { body } = await app.call<{ segments: { speaker: string; text: string; turnId: string }[] }>(
        "GET",
        `/v1/voice/calls/${id}/transcript`,
        { key: agent.key },
      );
      return body.segments.map(({ speaker, text, turnId }) => (speaker === "agent" ? `${turnId}: ${text}` : text));
    };
    const speak = (turnId: string, text: string) => client.send({ type: "call.speak", callId: id, turnId, text });
    const ended = (turnId: string) =>
      client.waitFor((frame) => frame.type === "call.speak.ended" && frame.turnId === turnId);
    // While the greeting is spoken, what comes next is waiting.
    speak("a", "one two three four five six");
    speak("b", "never said");
    await segments(id, 3);
    await pass(app, 2);
    expect(await ended("greeting")).toMatchObject({ text: "Hello there, this is Anima." });
    await pass(app, 1);
    await play(id, "say", { text: "Wait" });
    await client.waitFor((frame) => frame.text === "Wait" && frame.isFinal === true);
    expect(await said()).toEqual(["greeting: Hello there, this is Anima.", "a: one two", "Wait"]);

    speak("c", "seven eight nine ten");
    speak("d", "never said either");
    await segments(id, 5);
    await pass(app, 1);
    client.send({ type: "call.speak.cancel", callId: id });
    expect(await ended("c")).toMatchObject({ text: "seven eight" });
    await waitUntil(async () => (await said()).length === 4);

    speak("e", "eleven twelve thirteen");
    speak("f", "nor this");
    await segments(id, 6);
    await pass(app, 1);
    client.send({ type: "call.hangup", callId: id });
    await client.waitFor(typed("call.ended"));
    expect((await said()).slice(3)).toEqual(["c: seven eight", "e: eleven twelve"]);
  });

  it("begins when somebody calls: accepted, held, resumed, keys pressed; another one is rejected", async () => {
    const client = await connect({ apiKey: agent.masterKey, agentId: agent.id });
    const ring = (from: string) =>
      app.call("POST", "/v1/sandbox/inbound-call", { key: agent.masterKey, body: { from, to: agent.number } });
    await ring("+12125550102");
    const incoming = await client.waitFor(typed("call.incoming"));
    expect(incoming).toMatchObject({ from: "+12125550102", to: agent.number, defaultTier: "basic" });
    const callId = incoming.callId as string;
    client.send({ type: "call.accept", callId, greeting: "Anima here." });
    client.send({ type: "call.accept", callId, greeting: "Me too." });
    expect(await client.waitFor(typed("call.started"))).toMatchObject({ callId, direction: "INBOUND" });
    client.send({ type: "call.hold", callId });
    await waitUntil(async () => (await app.runtime.db.prisma.call.findFirst({ where: { id: callId } }))?.onHold);
    client.send({ type: "call.speak", callId, text: "Nobody hears this.", requestId: "held" });
    expect(await client.waitFor((frame) => frame.type === "call.error" && frame.requestId === "held")).toMatchObject({
      code: "CONFLICT",
      message: "The call is on hold: resume it first.",
    });
    client.send({ type: "call.resume", callId });
    client.send({ type: "call.dtmf", data: { callId, digits: "12#" } });
    await waitUntil(async () => !(await app.runtime.db.prisma.call.findFirst({ where: { id: callId } }))?.onHold);
    await pass(app, 70);
    await play(callId, "hang-up");
    expect(await client.waitFor(typed("call.ended"))).toMatchObject({ reason: "caller_hangup", duration: 70 });
    expect(await read(callId)).toMatchObject({ direction: "INBOUND", state: "completed", durationSeconds: 70 });
    const said = await app.runtime.db.prisma.callSegment.findMany({ where: { callId } });
    expect(said).toMatchObject([{ speaker: "agent", turnId: "greeting", text: "Anima here.", isFinal: true }]);

    await ring("+12125550103");
    const next = await client.waitFor((frame) => frame.type === "call.incoming" && frame.callId !== callId);
    client.send({ type: "call.reject", callId: next.callId });
    await client.waitFor((frame) => frame.type === "call.ended" && frame.callId === next.callId);
    expect(await read(next.callId as string)).toMatchObject({
      state: "failed",
      endReason: "rejected",
      durationSeconds: 0,
    });
  });

  it("that rings already when the agent connects can be accepted", async () => {
    const body = { from: "+12125550104", to: agent.number };
    await app.call("POST", "/v1/sandbox/inbound-call", { key: agent.masterKey, body });
    await waitUntil(() => app.runtime.db.prisma.call.findFirst({ where: { fromNumber: body.from, state: "ringing" } }));
    const client = await connect();
    const incoming = await client.waitFor(typed("call.incoming"));
    expect(incoming).toMatchObject({ from: "+12125550104", seq: 1 });
    client.send({ type: "call.accept", callId: incoming.callId });
    await client.waitFor(typed("call.started"));
    client.send({ type: "call.hangup", callId: incoming.callId });
    await client.waitFor(typed("call.ended"));
  });

  it("goes on when its connection breaks: who comes back misses nothing, and nobody for 30 s is a hang-up", async () => {
    const first = await connect();
    const id = await talk(first);
    const seen = Math.max(...first.frames.map(({ seq = 0 }) => seq));
    first.close();
    await play(id, "say", { text: "Are you there?" });
    await waitUntil(async () => (await app.runtime.db.prisma.callSegment.count({ where: { callId: id } })) > 0);
    const second = await connect({ token: agent.key, callId: id, after: String(seen) });
    expect(await second.waitFor(typed("call.reconnected"))).toMatchObject({ callId: id, state: "active" });
    await second.waitFor((frame) => frame.text === "Are you there?" && frame.isFinal === true);
    await play(id, "say", { text: "Ah, good." });
    await second.waitFor((frame) => frame.text === "Ah, good." && frame.isFinal === true);
    const numbers = second.frames.filter(({ type }) => type !== "call.reconnected").map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_seq, index) => seen + 1 + index));

    await endUnattended(app.runtime);
    expect(await read(id)).toMatchObject({ state: "active" });
    second.close();
    await app.runtime.db.pool.query("UPDATE call SET attended_until = now() - interval '1 second' WHERE id = $1", [id]);
    const hangUp = vi.spyOn(app.runtime.carrier, "hangUp").mockRejectedValueOnce(new CarrierUnsure("no answer"));
    await endUnattended(app.runtime);
    expect(hangUp).toHaveBeenCalledOnce();
    expect(await read(id)).toMatchObject({ state: "active" });
    await endUnattended(app.runtime);
    hangUp.mockRestore();
    await pass(app, 0);
    expect(await read(id)).toMatchObject({ state: "completed", endReason: "agent_hangup" });
  });

  it("is followed and held from another process as from the one that it was ordered in", async () => {
    const other = await openRuntime(app.runtime.config, app.databaseUrl, { clock: app.clock });
    const elsewhere = await startHttpServer(other, null);
    try {
      const here = await connect();
      const there = await connect({ token: agent.key }, `http://127.0.0.1:${elsewhere.port}`);
      const id = await talk(here);
      there.send({ type: "call.speak", callId: id, text: "From the other side." });
      await segments(id, 1);
      await pass(app, 5);
      for (const client of [here, there]) await client.waitFor(typed("call.speak.ended"));
      there.send({ type: "call.hangup", callId: id });
      for (const client of [here, there]) await client.waitFor(typed("call.ended"));
      const of = ({ frames }: VoiceClient) => frames.filter(({ callId }) => callId === id).map(({ seq }) => seq);
      expect(of(there)).toEqual(of(here));
    } finally {
      await elsewhere.close();
      await other.close();
    }
  });
});

describe("a connection", () => {
  it("needs a key that may call", async () => {
    const reader = await keyWithScopes(app, agent, ["voice:read"]);
    for (const query of [{ token: "ak_nobody" }, {}, { token: reader }] as Record<string, string>[]) {
      expect(await (await connect(query)).closed).toBe(BAD_KEY);
    }
    const foreign = await makePhoneAgent(app);
    for (const agentId of [foreign.id, "nobody", "\0"]) {
      expect(await (await connect({ token: agent.masterKey, agentId })).closed).toBe(BAD_KEY);
    }
    const client = await connect();
    const { body } = await app.call<{ apiKey: string }>("POST", `/v1/agents/${agent.id}/rotate-key`, {
      key: agent.masterKey,
    });
    client.send({ type: "call.hangup", callId: "x" });
    expect(await client.closed).toBe(BAD_KEY);
    agent.key = body.apiKey;
  });

  it("is one of so many of an organisation", async () => {
    const all = await Promise.all(Array.from({ length: MAX_SESSIONS + 1 }, () => connect()));
    const codes = await Promise.race([
      Promise.any(all.map(async ({ closed }) => await closed)),
      new Promise<number>((resolve) => setTimeout(() => resolve(0), 5_000).unref()),
    ]);
    expect(codes).toBe(TOO_MANY);
  });

  it("says what is wrong with a frame, and goes on", async () => {
    const client = await connect();
    const errorOf = async (frame: object, requestId: string) => {
      client.send({ ...frame, requestId });
      return client.waitFor((answer: VoiceFrame) => answer.type === "call.error" && answer.requestId === requestId);
    };
    expect(await errorOf({ type: "call.fly" }, "a")).toMatchObject({ code: "BAD_REQUEST" });
    expect(await errorOf({ type: "call.speak", callId: "nothing", text: "x" }, "b")).toMatchObject({
      code: "NOT_FOUND",
      callId: "nothing",
    });
    expect(await errorOf({ type: "call.create", to: "+12125550101" }, "c")).toMatchObject({ code: "CONSENT_REQUIRED" });
    expect(await errorOf({ ...order("+12125550101"), agentId: "another" }, "d")).toMatchObject({
      code: "AGENT_MISMATCH",
    });
    for (const [frame, field, requestId] of [
      [order("+12125550101", { greeting: "a\0b" }), "greeting", "f"],
      [{ type: "call.speak", callId: "nothing", text: "half of \ud83d" }, "text", "g"],
      [{ type: "call.speak", callId: "nothing", text: { toString: "spoken" } }, "text", "h"],
      [{ type: "call.speak", callId: "nothing" }, "text", "i"],
      [{ type: "call.hangup", callId: "nothing", reason: 5 }, "reason", "j"],
    ] as const) {
      expect(await errorOf(frame, requestId)).toMatchObject({
        code: "VALIDATION_ERROR",
        details: { fields: [{ field }] },
      });
    }
    const foreign = await makePhoneAgent(app);
    const theirs = await connect({ token: foreign.key });
    const id = await talk(client);
    theirs.send({ type: "call.hangup", callId: id, requestId: "e" });
    expect(await theirs.waitFor(typed("call.error"))).toMatchObject({ code: "NOT_FOUND", requestId: "e" });
    expect(theirs.frames).toHaveLength(1);
    expect(await read(id)).toMatchObject({ state: "active" });
  });

  it("that sends a request again gets the same call", async () => {
    const client = await connect();
    client.send(order("+12125550104", { requestId: "again" }));
    const { callId } = await client.waitFor(typed("call.queued"));
    const back = await connect();
    back.send(order("+12125550104", { requestId: "again" }));
    back.send({ type: "call.hangup", callId });
    await back.waitFor((frame) => frame.type === "call.ended" && frame.callId === callId);
    expect(await app.runtime.db.prisma.call.count({ where: { orgId: agent.orgId } })).toBe(1);
    // Also when it is over: nobody waits for a call that says nothing.
    const late = await connect();
    late.send(order("+12125550104", { requestId: "again" }));
    await late.waitFor((frame) => frame.type === "call.ended" && frame.callId === callId);
    expect(late.frames.map(({ type, seq }) => `${seq} ${type}`)).toEqual(["1 call.queued", "2 call.ended"]);
  });

  it("is not read from while its client does not read", async () => {
    const client = await connect();
    const pause = vi.spyOn(WebSocket.prototype, "pause");
    client.pause();
    pause.mockClear();
    for (let sent = 0; sent < 60_000; sent++) client.send("x");
    await waitUntil(() => pause.mock.calls.length > 0);
    pause.mockRestore();
    client.resume();
    client.send({ type: "ping" });
    await client.waitFor(typed("pong"), 20_000);
    expect(client.frames).toHaveLength(60_001);
  });

  it("is no way past the limits of the plan", async () => {
    const { requestsPerMinute } = app.runtime.config.plans.GROWTH;
    for (let taken = 0; taken < requestsPerMinute; taken++) {
      await app.runtime.rateLimits.take("minute", agent.orgId, requestsPerMinute, 60);
    }
    const client = await connect();
    client.send(order("+12125550101"));
    expect(await client.waitFor(typed("call.error"))).toMatchObject({
      code: "RATE_LIMIT",
      details: { limit: requestsPerMinute },
    });
    expect(await app.runtime.db.prisma.call.count({ where: { orgId: agent.orgId } })).toBe(0);
  });
});

/** Waits until a call's transcript has so many segments: what a client has sent was done. */
async function segments(callId: string, count: number): Promise<void> {
  await waitUntil(async () => (await app.runtime.db.prisma.callSegment.count({ where: { callId } })) >= count);
}
