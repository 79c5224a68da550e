import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { CarrierRefused, CarrierUnsure } from "#server/domain/phone/carrier.ts";
import type { CarrierNews } from "#server/domain/phone/news.ts";
import { type HttpServer, startHttpServer } from "#server/http/server.ts";
import { openRuntime, type Runtime } from "#server/runtime.ts";
import { startTestApp, type TestApp } from "../../../../test/support/app.ts";
import {
  ACCOUNT,
  AUTH_TOKEN,
  connectRelay,
  startTwilio,
  twilioCallback,
  twilioSignature,
} from "../../../../test/support/twilio.ts";
import { waitUntil } from "../../../../test/support/wait.ts";
import { isSigned } from "./callbacks.ts";

const PUBLIC_URL = "https://anima.example";
const HOOK = `${PUBLIC_URL}/v1/carriers/twilio`;

let twilio: Awaited<ReturnType<typeof startTwilio>>;
let app: TestApp;
let told: CarrierNews[];
let env: Record<string, string>;

beforeAll(async () => {
  twilio = await startTwilio();
  env = {
    CARRIER: "twilio",
    PUBLIC_URL,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_API_BASE: twilio.apiBase,
    PORT: "0",
  };
  app = await startTestApp(env, { receiveNews: async (_services, news) => void told.push(...news) });
});
afterAll(async () => {
  await app.close();
  await twilio.close();
});
beforeEach(() => {
  told = [];
  twilio.afterTaking("answer");
  app.clock.set(new Date());
});

const order = {
  orgId: "org",
  token: "org-call",
  from: "+14155552671",
  to: "+13055550100",
  greeting: "Hello & <welcome>",
  voiceId: "elevenlabs:rachel",
  language: "en-US",
  maxSeconds: 600,
};
const text = { orgId: "org", token: "org-text", from: order.from, to: order.to, body: "hé €", mediaUrls: [] };

/** @returns the status and the text of the answer */
async function call(request: Request) {
  const response = await app.fetch(request);
  return { status: response.status, type: response.headers.get("content-type"), body: await response.text() };
}

it("the signature is the one of Twilio's documentation", () => {
  const url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  const form = {
    CallSid: "CA1234567890ABCDE",
    Caller: "+14158675310",
    Digits: "1234",
    From: "+14158675310",
    To: "+18005551212",
  };
  const documented = "GvWf1cFY/Q7PnoempGyD5oXAezc=";
  expect(twilioSignature(url, form, "12345")).toBe(documented);
  expect(isSigned("12345", documented, url, form)).toBe(true);
  for (const forged of [null, "", "x", documented.toLowerCase()])
    expect(isSigned("12345", forged, url, form)).toBe(false);
  expect(isSigned("12345", documented, url, { ...form, Digits: "1235" })).toBe(false);
  expect(isSigned("12346", documented, url, form)).toBe(false);
});

it("a call is ordered with everything that Twilio needs, and is told of in its callbacks", async () => {
  const { carrierId } = await app.runtime.carrier.placeCall(order);
  const form = twilio.calls.find(({ sid }) => sid === carrierId)?.form ?? {};
  expect(form).toMatchObject({ From: order.from, To: order.to, TimeLimit: "600" });
  expect(form.Twiml).toContain('welcomeGreeting="Hello &amp; &lt;welcome>"');
  expect(form.Twiml).toContain('ttsProvider="ElevenLabs" voice="rachel"');
  expect(form.Twiml).toContain('url="wss://anima.example/v1/carriers/twilio/relay?token=org-call"');
  const at = (second: string) => `Mon, 02 Mar 2026 17:00:${second} +0000`;
  const tell = (status: string, more: object = {}) =>
    call(twilioCallback(String(form.StatusCallback), { CallSid: carrierId, CallStatus: status, ...more }));
  // Late, twice and out of order: what is told is the same, with the same id.
  for (const [status, more] of [
    ["in-progress", { Timestamp: at("03") }],
    ["initiated", { Timestamp: at("00") }],
    ["completed", { Timestamp: at("45"), CallDuration: "42" }],
    ["ringing", { Timestamp: at("01") }],
    ["in-progress", { Timestamp: at("03") }],
  ] as const) {
    expect(await tell(status, more)).toMatchObject({ status: 204, body: "" });
  }
  const about = { carrierId, token: "org-call" };
  const answered = { ...about, kind: "call_answered", by: "unknown", at: new Date("2026-03-02T17:00:03Z") };
  expect(told).toMatchObject([
    answered,
    { ...about, kind: "call_ended", reason: "completed", durationSeconds: 42 },
    { ...about, kind: "call_ringing", at: new Date("2026-03-02T17:00:01Z") },
    answered,
  ]);
  expect(told[0]?.id).toBe(told[3]?.id);
  expect(new Set(told.map(({ id }) => id)).size).toBe(3);
});

it.each([
  ["busy", "busy"],
  ["no-answer", "no_answer"],
  ["failed", "failed"],
  ["canceled", "agent_hangup"],
])("a call that Twilio calls %s ended with %s", async (CallStatus, reason) => {
  await call(twilioCallback(`${HOOK}?event=call-status&token=org-call`, { CallSid: "CA1", CallStatus }));
  expect(told).toMatchObject([{ kind: "call_ended", reason, durationSeconds: 0 }]);
});

it.each(["hang", "fail"] as const)(
  "where Twilio takes an order and does not say so (%s), it is found, not repeated",
  async (how) => {
    const since = new Date();
    twilio.afterTaking(how);
    for (const [place, find, made] of [
      ["placeCall", "findCall", twilio.calls],
      ["sendMessage", "findMessage", twilio.messages],
    ] as const) {
      const { carrier } = app.runtime;
      const mine = { ...order, ...text, to: how === "hang" ? "+13055550111" : "+13055550112" };
      expect(await carrier[find](mine, since)).toBeNull();
      const before = made.length;
      const placing = carrier[place](mine).catch((error: unknown) => error);
      await waitUntil(() => made.length > before);
      if (how === "hang") twilio.cut();
      expect(await placing).toBeInstanceOf(CarrierUnsure);
      expect(await carrier[find](mine, since)).toEqual({ carrierId: made.at(-1)?.sid });
      expect(made).toHaveLength(before + 1);
      expect(await carrier[find](mine, new Date(Date.now() + 120_000))).toBeNull();
    }
  },
);

it("what Twilio refuses was not taken, and nothing of it is repeated in the error", async () => {
  const refused = await app.runtime.carrier
    .placeCall({ ...order, to: "not-a-number" })
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(CarrierRefused);
  expect(refused).toMatchObject({ code: "twilio_21211", retryable: false });
  expect(JSON.stringify(refused) + (refused as Error).message).not.toContain("not-a-number");
});

it("a Twilio that cannot be reached has taken nothing; with a wrong token it refuses", async () => {
  const gone = await startTwilio();
  await gone.close();
  for (const [more, expected] of [
    [{ TWILIO_API_BASE: gone.apiBase }, { code: "unavailable", retryable: true }],
    [{ TWILIO_AUTH_TOKEN: "another-token" }, { code: "twilio_20003" }],
  ] as const) {
    const other = await startTestApp({ ...env, ...more });
    await expect(other.runtime.carrier.placeCall(order)).rejects.toMatchObject(expected);
    await other.close();
  }
});

it("messages are sent and told of; what comes in is news, with its media", async () => {
  const media = ["https://files.example/1.png", "https://files.example/2.png"];
  const { carrierId } = await app.runtime.carrier.sendMessage({ ...text, mediaUrls: media });
  const form = twilio.messages.at(-1)?.form ?? {};
  expect(form).toMatchObject({ Body: "hé €", MediaUrl: media });
  const tell = (MessageStatus: string, more: object = {}) =>
    call(twilioCallback(String(form.StatusCallback), { MessageSid: carrierId, MessageStatus, ...more }));
  for (const status of ["delivered", "queued", "sent", "delivered"]) await tell(status);
  await tell("undelivered", { ErrorCode: "30003" });
  const about = { kind: "message_status", carrierId, token: "org-text" };
  expect(told).toMatchObject([
    { ...about, status: "delivered" },
    { ...about, status: "sent" },
    { ...about, status: "delivered" },
    { ...about, status: "failed", reason: "twilio_30003" },
  ]);
  told = [];
  const incoming = {
    MessageSid: "SM1",
    From: order.to,
    To: order.from,
    Body: "STOP",
    NumMedia: "1",
    MediaUrl0: "https://x.example/a",
  };
  const answer = await call(twilioCallback(`${HOOK}?event=incoming-message`, incoming));
  expect(answer).toMatchObject({ status: 200, type: "text/xml" });
  expect(answer.body).toContain("<Response/>");
  expect(told).toMatchObject([
    { kind: "message_incoming", from: order.to, to: order.from, body: "STOP", mediaUrls: ["https://x.example/a"] },
  ]);
});

it("numbers are searched, bought once and released; their callbacks come here", async () => {
  const { carrier } = app.runtime;
  const about = { countryCode: "US", areaCode: "212", contains: null, numberType: null };
  const query = { ...about, capabilities: ["sms" as const], limit: 2 };
  const found = await carrier.searchNumbers(query);
  expect(found).toMatchObject([{ phoneNumber: "+12125552671", capabilities: ["sms", "voice"], region: "CA" }, {}]);
  expect(await carrier.searchNumbers({ ...query, countryCode: "ZZ" })).toEqual([]);
  const mine = { orgId: "org", token: "org-number" };
  const bought = await carrier.buyNumber("+12125552671", mine);
  expect(await carrier.buyNumber("+12125552671", mine)).toEqual(bought);
  expect(await carrier.findNumber("+12125552671", mine)).toEqual(bought);
  expect(await carrier.findNumber("+12125552671", { orgId: "org", token: "org-other" })).toBeNull();
  await expect(carrier.buyNumber("+12125552671", { orgId: "b", token: "b" })).rejects.toMatchObject({
    code: "not_available",
  });
  expect(twilio.numbers).toMatchObject([
    { form: { VoiceUrl: `${HOOK}?event=incoming-call`, SmsUrl: `${HOOK}?event=incoming-message` } },
  ]);
  await carrier.releaseNumber(bought.providerId);
  await carrier.releaseNumber(bought.providerId);
  expect(twilio.numbers).toEqual([]);
});

it("the look-up asks with the consent's date; one that fails says so and is no answer", async () => {
  const lookUp = () => app.runtime.carrier.lookUp(order.to, new Date("2026-01-31T23:00:00Z"));
  const line = { line_type_intelligence: { type: "nonFixedVoip", error_code: null } };
  for (const said of ["yes", "no", "no_data"]) {
    twilio.answerLookUps({
      ...line,
      reassigned_number: { last_verified_date: "20260131", is_number_reassigned: said },
    });
    expect(await lookUp()).toEqual({ lineType: "voip", reassigned: said, ported: null });
  }
  for (const failed of [{ error_code: 60610 }, null]) {
    twilio.answerLookUps({ ...line, reassigned_number: failed });
    await expect(lookUp()).rejects.toMatchObject({ retryable: true });
  }
});

it("an incoming call rings until it is answered or rejected; one that is over is left alone", async () => {
  const { carrier } = app.runtime;
  const { carrierId } = await carrier.placeCall(order);
  const answer = await call(
    twilioCallback(`${HOOK}?event=incoming-call`, {
      CallSid: carrierId,
      From: order.to,
      To: order.from,
      CallStatus: "ringing",
    }),
  );
  expect(answer.body).toContain('<Response><Pause length="30"/><Reject');
  expect(told).toMatchObject([{ kind: "call_incoming", carrierId, token: null, from: order.to, to: order.from }]);
  const made = twilio.calls.find(({ sid }) => sid === carrierId);
  await carrier.answerCall(carrierId, { token: "org-in", greeting: null, voiceId: null, language: null });
  expect(made?.twiml).toContain("relay?token=org-in");
  await carrier.hold(carrierId, true);
  expect(made?.twiml).toContain('<Pause length="600"/>');
  await carrier.hold(carrierId, false);
  expect(made?.twiml).toContain("<ConversationRelay");
  await carrier.hangUp(carrierId);
  expect(made?.status).toBe("completed");
  await carrier.hangUp(carrierId);
  await carrier.rejectCall(carrierId);
  expect(await carrier.recording(carrierId)).toBeNull();
});

it("a session that breaks off is connected again while the call goes on, for a while", async () => {
  const ended = (attempt: number, more: object) =>
    call(twilioCallback(`${HOOK}?event=relay-ended&token=org-call&attempt=${attempt}`, { CallSid: "CA1", ...more }));
  const broke = { CallStatus: "in-progress", ErrorCode: "64105" };
  expect((await ended(0, broke)).body).toContain("relay?token=org-call");
  expect((await ended(30, broke)).body).toContain("<Hangup/>");
  expect((await ended(0, { CallStatus: "in-progress" })).body).toContain("<Hangup/>");
  expect((await ended(0, { ...broke, CallStatus: "completed" })).body).toContain("<Hangup/>");
});

it("forged callbacks are refused and do nothing; those of Twilio are never limited for it", async () => {
  const url = `${HOOK}?event=call-status&token=org-call`;
  const form = { CallSid: "CA1", CallStatus: "completed" };
  const forged = [
    twilioCallback(url, form, "another-token"),
    new Request(url, { method: "POST", body: new URLSearchParams(form) }),
    new Request(`${HOOK}?event=call-status&token=org-other`, twilioCallback(url, form)),
    twilioCallback(url, { ...form, AccountSid: `AC${"1".repeat(32)}` }),
  ];
  for (const request of forged) expect(await call(request)).toMatchObject({ status: 403 });
  expect(told).toEqual([]);
  expect(await call(twilioCallback(`${HOOK}?event=unknown`, form))).toMatchObject({ status: 400 });
  expect(await call(twilioCallback(url, { CallSid: "CA1" }))).toMatchObject({ status: 400 });
  for (let n = 0; n < 70; n++) expect((await call(twilioCallback(url, form))).status).toBe(204);
  const statuses: number[] = [];
  while (statuses.at(-1) !== 429 && statuses.length < 100) {
    statuses.push((await call(twilioCallback(url, form, "another-token"))).status);
  }
  expect(new Set(statuses)).toEqual(new Set([403, 429]));
  expect((await call(twilioCallback(url, form))).status).toBe(204);
  const { masterKey } = await app.organisation();
  const telnyx = await app.call("POST", "/v1/carriers/telnyx", { key: masterKey });
  expect(telnyx).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
  expect(await app.call("GET", "/v1/sandbox/clock", { key: masterKey })).toMatchObject({ status: 404 });
});

it("what cannot be stored is not answered as taken, so that Twilio tells it again", async () => {
  const failing = await startTestApp(env, { receiveNews: () => Promise.reject(new Error("the database is away")) });
  const response = await failing.fetch(
    twilioCallback(`${HOOK}?event=call-status&token=a-b`, { CallSid: "CA1", CallStatus: "ringing" }),
  );
  expect(response.status).toBe(500);
  await failing.close();
});

it("a conversation: what is said on any process reaches the one that Twilio has connected to", async () => {
  const other = await openRuntime(app.runtime.config, app.databaseUrl, { clock: app.clock });
  const http = await startHttpServer(app.runtime, null);
  try {
    await converse(http, other);
  } finally {
    await other.close();
    await http.close();
  }
});

async function converse(http: HttpServer, other: Runtime) {
  const { carrierId } = await app.runtime.carrier.placeCall(order);
  const url = `${PUBLIC_URL.replace("https", "wss")}/v1/carriers/twilio/relay?token=org-call`;
  await expect(connectRelay(url, http.port, carrierId, "another-token")).rejects.toThrow("403");
  const speak = (runtime: Runtime, turnId: string, words: string, last: boolean) =>
    runtime.carrier.speak(carrierId, { turnId, text: words, last, voiceId: null });
  await expect(speak(other, "t0", "nobody", true)).rejects.toMatchObject({ code: "not_connected" });

  const relay = await connectRelay(url, http.port, carrierId);
  await waitUntil(async () =>
    speak(app.runtime, "t1", "Good ", false).then(
      () => true,
      () => false,
    ),
  );
  await speak(other, "t1", "morning. ", false);
  await speak(other, "t1", "€".repeat(2_500), true);
  await other.carrier.sendDigits(carrierId, "1#");
  await waitUntil(() => relay.heard.some(({ type }) => type === "sendDigits"));
  expect(relay.heard.slice(0, 2)).toEqual([
    { type: "text", token: "Good ", last: false },
    { type: "text", token: "morning. ", last: false },
  ]);
  const pieces = relay.heard.slice(2, -1);
  expect(pieces.map(({ token }) => token).join("")).toBe("€".repeat(2_500));
  expect(pieces.map(({ last }) => last)).toEqual([false, false, true]);
  expect(relay.heard.at(-1)).toEqual({ type: "sendDigits", digits: "1#" });

  relay.send({ type: "info", name: "agentSpeaking", value: "off" });
  relay.send({ type: "prompt", voicePrompt: "Who", lang: "en-US", last: false });
  relay.send({ type: "prompt", voicePrompt: "Who is there?", lang: "en-US", last: true });
  relay.socket.send("not JSON");
  relay.send({ type: "tomorrow", unknown: true });
  relay.send({ type: "interrupt", utteranceUntilInterrupt: "Good mor", durationUntilInterruptMs: 460 });
  relay.send({ type: "dtmf", digit: "5" });
  await waitUntil(() => told.length === 5);
  const about = { carrierId, token: "org-call" };
  expect(told).toMatchObject([
    { ...about, kind: "speak_ended", turnId: "t1" },
    { ...about, kind: "heard", text: "Who", isFinal: false },
    { ...about, kind: "heard", text: "Who is there?", isFinal: true },
    { ...about, kind: "interrupted", spokenUntil: "Good mor" },
    { ...about, kind: "digits", digits: "5" },
  ]);
  relay.socket.close();
  await once(relay.socket, "close");
}
