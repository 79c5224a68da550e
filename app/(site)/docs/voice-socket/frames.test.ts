import { afterAll, beforeAll, expect, it } from "vitest";
import { CLIENT_FRAMES, type ClientFrame } from "#server/domain/calls/frames.ts";
import { type HttpServer, startHttpServer } from "#server/http/server.ts";
import { startTestApp, type TestApp } from "../../../../test/support/app.ts";
import { makePhoneAgent, NOON, type PhoneAgent, pass, work } from "../../../../test/support/phone.ts";
import { openVoice, typed, type VoiceClient, type VoiceFrame } from "../../../../test/support/voice-client.ts";
import { waitFor, waitUntil } from "../../../../test/support/wait.ts";
import { CLIENT, SERVER } from "./_frames.ts";

let app: TestApp;
let http: HttpServer;
let agent: PhoneAgent;
let client: VoiceClient;
const sent = new Set<ClientFrame>();

beforeAll(async () => {
  app = await startTestApp({ PORT: "0" });
  app.clock.set(NOON);
  http = await startHttpServer(app.runtime, null);
  agent = await makePhoneAgent(app);
  client = await connect();
});
afterAll(async () => {
  client.close();
  await http.close();
  await app.close();
});

const connect = () => openVoice(`http://127.0.0.1:${http.port}`, { token: agent.key });
const play = (id: string, what: string, body: object = {}) =>
  app.call("POST", `/v1/sandbox/calls/${id}/${what}`, { key: agent.masterKey, body });
const of = (callId: string, type: string) =>
  client.waitFor((frame) => frame.callId === callId && frame.type === type && frame.speaker !== "agent");

/** Sends the documented example, about a call that is there. */
function send(type: ClientFrame, callId?: string): void {
  sent.add(type);
  client.send({ type, ...CLIENT[type].example, ...(callId === undefined ? {} : { callId }) });
}

/** What a frame is made of. `data` says the same again, and a request has a name only where the client gave it one. */
function fieldsOf(frame: Record<string, unknown>): string[] {
  const { type: _type, data: _data, requestId: _requestId, ...fields } = frame;
  return Object.keys(fields).sort();
}

it("the examples are taken as they stand, and every frame that comes has the fields of its own", async () => {
  send("ping");
  await client.waitFor(typed("pong"));
  send("call.create");
  const { callId = "" } = await client.waitFor(typed("call.queued"));
  send("call.speak", callId);
  await client.waitFor(typed("call.error"));
  await work(app, agent.orgId);
  await pass(app, 3);
  await of(callId, "call.started");
  await pass(app, 5);
  await play(callId, "say", { text: "Where is my parcel?" });
  await of(callId, "call.transcription");
  send("call.speak", callId);
  await said(callId, "It is on its way.");
  await pass(app, 1);
  await play(callId, "say", { text: "Stop it" });
  await of(callId, "call.interrupted");
  for (const type of ["call.speak.chunk", "call.speak.end"] as const) send(type, callId);
  await said(callId, "And it arrives today.");
  send("call.speak.cancel", callId);
  await pass(app, 10);
  for (const type of ["call.hold", "call.resume", "call.dtmf"] as const) send(type, callId);
  // As soon as the call is off hold again.
  await waitFor(async () => expect((await play(callId, "say", { digits: "1" })).status).toBeLessThan(300));
  await of(callId, "call.dtmf");
  const other = await connect();
  await other.waitFor(typed("call.reconnected"));
  send("call.hangup", callId);
  await of(callId, "call.ended");

  for (const answer of ["call.accept", "call.reject"] as const) {
    const ring = { from: "+12125550103", to: agent.number };
    await app.call("POST", "/v1/sandbox/inbound-call", { key: agent.masterKey, body: ring });
    const incoming = await client.waitFor(
      (frame: VoiceFrame) => frame.type === "call.incoming" && !answered.has(frame.callId),
    );
    answered.add(incoming.callId);
    send(answer, incoming.callId);
    await of(incoming.callId ?? "", answer === "call.accept" ? "call.started" : "call.ended");
  }

  expect([...sent].sort()).toEqual([...CLIENT_FRAMES].sort());
  const errors = client.frames.filter(({ type }) => type === "call.error");
  expect(errors.map(({ code }) => code)).toEqual(["CONFLICT"]);
  const all = [...client.frames, ...other.frames];
  const documented = Object.entries(SERVER).map(([type, { example }]) => [type, fieldsOf(example)]);
  const real = Object.keys(SERVER).map((type) => {
    // What the agent says has no confidence.
    const frames = all.filter((frame) => frame.type === type && frame.speaker !== "agent");
    const kinds = new Set(frames.map((frame) => fieldsOf(frame).join()));
    expect({ type, kinds: kinds.size }).toEqual({ type, kinds: 1 });
    return [type, fieldsOf(frames[0] ?? {})];
  });
  expect(real).toEqual(documented);
  other.close();
});

const answered = new Set<string | undefined>();

/** Waits until the agent's turn stands in the transcript. */
async function said(callId: string, text: string): Promise<void> {
  await waitUntil(async () => (await app.runtime.db.prisma.callSegment.count({ where: { callId, text } })) > 0);
}
