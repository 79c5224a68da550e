import type { ClientFrame, ServerFrame } from "#server/domain/calls/frames.ts";

type Documented = { says: string; example: Record<string, unknown> };

const callId = "01K9Z6T4Q1V8M3N5P7R9S2W4XY";
const NUMBERS = { from: "+14155550200", to: "+12125550142" };
/** What every frame of a call carries besides; `seq` counts from 1 within the call. */
const of = (seq: number) => ({ callId, requestId: "r1", seq, timestamp: "2026-11-24T17:00:00.000Z" });

/** What a client sends. A frame without a line here does not compile; the examples are sent by a test. */
export const CLIENT: Record<ClientFrame, Documented> = {
  ping: { says: "Asks for a `pong`. The protocol's own pings are answered too.", example: {} },
  "call.create": {
    says: "Places a call, with the fields of `POST /v1/voice/calls`. `requestId` comes back on every frame of the call, and the same one sent again is the same call, told from its first frame. An order counts as a request of the plan's limits.",
    example: {
      requestId: "r1",
      to: NUMBERS.to,
      greeting: "Hello, this is Anima.",
      metadata: { consent_source: "customer-initiated" },
    },
  },
  "call.accept": {
    says: "Takes an incoming call that rings. `voiceId` and `language` may be named.",
    example: { callId, greeting: "Anima here." },
  },
  "call.reject": { says: "Refuses an incoming call that rings.", example: { callId } },
  "call.speak": {
    says: "Says something whole, up to 10,000 characters. `turnId` is yours, or made; a greeting's is `greeting`.",
    example: { callId, turnId: "t1", text: "It is on its way." },
  },
  "call.speak.chunk": {
    says: "A piece of a turn, as a model writes it: `text` or `chunk`.",
    example: { callId, turnId: "t2", text: "And it " },
  },
  "call.speak.end": {
    says: "The last piece of a turn; it may be empty.",
    example: { callId, turnId: "t2", text: "arrives today." },
  },
  "call.speak.cancel": { says: "Stops what is being said, and what was to be said.", example: { callId } },
  "call.dtmf": { says: "Presses keys: `0-9 A-D * #`, `w` waits.", example: { callId, digits: "12#" } },
  "call.hold": {
    says: "Nothing is heard or said until it is resumed: speaking and keys are a `CONFLICT`.",
    example: { callId },
  },
  "call.resume": { says: "Goes on.", example: { callId } },
  "call.hangup": {
    says: "Ends a call in any state; one that has ended stays as it is. `reason` is kept as the call's `hangupReason`. The same as `POST /v1/voice/calls/{id}/hangup`.",
    example: { callId, reason: "done" },
  },
};

/** What the server sends. Likewise; a test compares the fields with those of real frames. */
export const SERVER: Record<ServerFrame, Documented> = {
  "call.queued": {
    says: "The call is accepted and its minutes are held.",
    example: { ...NUMBERS, tier: "basic", ...of(1) },
  },
  "call.ringing": { says: "It rings.", example: of(2) },
  "call.incoming": {
    says: "Somebody calls one of the agent's numbers: accept or reject.",
    example: { from: NUMBERS.to, to: NUMBERS.from, phoneIdentityId: "01K9Z6T4…", defaultTier: "basic", ...of(1) },
  },
  "call.started": {
    says: "It was answered, by `person`, `machine` or `unknown`.",
    example: { ...NUMBERS, tier: "basic", direction: "OUTBOUND", answeredBy: "person", ...of(3) },
  },
  "call.transcription": {
    says: "Somebody has said something. One that is not final is replaced by the next one of its `turnId`. `confidence` stands with what the caller says.",
    example: {
      speaker: "caller",
      text: "Where is my parcel?",
      isFinal: true,
      confidence: 0.98,
      turnId: "c1",
      ...of(4),
    },
  },
  "call.speak.ended": {
    says: "The carrier has said a turn to its end, or to where it was stopped.",
    example: { text: "It is on its way.", turnId: "t1", ...of(5) },
  },
  "call.interrupted": {
    says: "The caller has cut the agent off: how far it came, and what was heard. Nothing of what was still to be said is said.",
    example: { spokenUntil: "It is on", newTranscription: "Stop it", ...of(6) },
  },
  "call.dtmf": { says: "The caller has pressed keys. They are kept nowhere else.", example: { digits: "1", ...of(7) } },
  "call.ended": {
    says: "The call is over: the last frame. `duration` in seconds since the answer, `latencyTurns` in milliseconds between a turn of the caller and the answer to it.",
    example: {
      reason: "caller_hangup",
      state: "completed",
      duration: 61,
      tier: "basic",
      latencyTurns: [420],
      ...of(8),
    },
  },
  pong: { says: "Answers a `ping`.", example: { timestamp: "2026-11-24T17:00:00.000Z" } },
  "call.reconnected": {
    says: "A call that ran when the connection was opened, with its state and the number of its newest frame.",
    example: { callId, state: "active", seq: 5, timestamp: "2026-11-24T17:00:00.000Z" },
  },
  "call.error": {
    says: "What a frame asked for was not done. The codes are those of REST, and `AGENT_MISMATCH` for an `agentId` that is not the connection's.",
    example: {
      code: "CONFLICT",
      message: "The call is not in progress: its state is ringing.",
      details: { state: "ringing" },
      callId,
      requestId: "r1",
      timestamp: "2026-11-24T17:00:00.000Z",
    },
  },
};
