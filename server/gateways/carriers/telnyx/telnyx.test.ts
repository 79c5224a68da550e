import { createPrivateKey, sign } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { CarrierUnsure } from "#server/domain/phone/carrier.ts";
import type { CarrierNews } from "#server/domain/phone/news.ts";
import { startTestApp, type TestApp } from "../../../../test/support/app.ts";
import {
  API_KEY,
  CONNECTION_ID,
  PROFILE_ID,
  startTelnyx,
  telnyxKeys,
  telnyxWebhook,
} from "../../../../test/support/telnyx.ts";
import { waitUntil } from "../../../../test/support/wait.ts";
import { checkSignature, publicKeyOf } from "./signature.ts";

const PUBLIC_URL = "https://anima.example";
const HOOK = `${PUBLIC_URL}/v1/carriers/telnyx`;
const keys = telnyxKeys();

let telnyx: Awaited<ReturnType<typeof startTelnyx>>;
let app: TestApp;
let told: CarrierNews[];
let env: Record<string, string>;
let serial = 0;

beforeAll(async () => {
  telnyx = await startTelnyx();
  env = {
    CARRIER: "telnyx",
    PUBLIC_URL,
    TELNYX_API_KEY: API_KEY,
    TELNYX_PUBLIC_KEY: keys.publicKey,
    TELNYX_CONNECTION_ID: CONNECTION_ID,
    TELNYX_MESSAGING_PROFILE_ID: PROFILE_ID,
    TELNYX_API_BASE: telnyx.apiBase,
  };
  app = await startTestApp(env, { receiveNews: async (_services, news) => void told.push(...news) });
});
afterAll(async () => {
  await app.close();
  await telnyx.close();
});
beforeEach(() => {
  told = [];
  telnyx.afterTaking("answer");
  telnyx.commands.length = 0;
  app.clock.set(new Date("2026-03-02T17:00:00Z"));
});

const order = (more: object = {}) => ({
  orgId: "org",
  token: `org-${++serial}`,
  from: "+14155552671",
  to: "+13055550100",
  greeting: "Hello",
  voiceId: null,
  language: null,
  maxSeconds: 600,
  body: "hé €",
  mediaUrls: [],
  ...more,
});

const hook = (type: string, payload: object, more: { id?: string; at?: Date; url?: string } = {}) =>
  telnyxWebhook(more.url ?? HOOK, { type, payload: { ...payload }, ...more }, keys, app.clock.now());
const deliver = async (request: Request) => (await app.fetch(request)).status;

it("the signature is Ed25519 as RFC 8032 has it, over time and body", () => {
  // Section 7.1, TEST 2: the secret key, the public key, and what it signs a single byte with.
  const secret = Buffer.from("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "hex");
  const raw = Buffer.from("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "hex");
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), secret]);
  const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  expect(sign(null, Buffer.from([0x72]), privateKey).toString("hex")).toBe(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );
  const now = new Date(1_772_000_000_000);
  const check = (timestamp: string, signedText: string, body: string) => {
    const signature = sign(null, Buffer.from(signedText), privateKey).toString("base64");
    const headers = new Headers({ "telnyx-timestamp": timestamp, "telnyx-signature-ed25519": signature });
    const request = { method: "POST", url: HOOK, headers, body: Buffer.from(body) };
    return () => checkSignature(request, publicKeyOf(raw.toString("base64")), now);
  };
  expect(check("1772000000", "1772000000|{}", "{}")).not.toThrow();
  expect(check("1772000000", "1772000000|{}", "{ }")).toThrow("wrong");
  expect(check("1772000001", "1772000000|{}", "{}")).toThrow("wrong");
  expect(check("1771999699", "1771999699|{}", "{}")).toThrow("too old");
  expect(check("1772000301", "1772000301|{}", "{}")).toThrow("too old");
  expect(check("", "|{}", "{}")).toThrow("wrong");
});

it("a call is dialled once, greeted and written down when it is answered, and told of to its end", async () => {
  const { carrier } = app.runtime;
  const call = order({ voiceId: "aws-polly:Matthew", language: "en-US" });
  const { carrierId } = await carrier.placeCall(call);
  expect(await carrier.placeCall(call)).toEqual({ carrierId });
  const dialled = telnyx.calls.filter(({ id }) => id === carrierId);
  expect(dialled).toMatchObject([
    {
      connection_id: CONNECTION_ID,
      command_id: call.token,
      time_limit_secs: 600,
      webhook_url: `${HOOK}?token=${call.token}`,
    },
  ]);
  const state = { call_control_id: carrierId, client_state: dialled[0]?.client_state };
  const at = (second: number) => new Date(app.clock.now().getTime() + second * 1000);
  const answered = () => hook("call.answered", state, { id: "answered", at: at(3) });
  expect(await deliver(answered())).toBe(204);
  expect(await deliver(answered())).toBe(204);
  await deliver(hook("call.hangup", { ...state, hangup_cause: "normal_clearing" }, { at: at(45) }));
  await deliver(hook("call.initiated", { ...state, direction: "outgoing" }, { at: at(0) }));
  const about = { carrierId, token: call.token };
  const answer = { ...about, id: "answered", kind: "call_answered", by: "unknown", at: at(3) };
  expect(told).toMatchObject([
    answer,
    answer,
    { ...about, kind: "call_ended", reason: "completed", durationSeconds: null, at: at(45) },
    { ...about, kind: "call_ringing" },
  ]);
  expect(telnyx.commands).toMatchObject([
    { action: "transcription_start", transcription_tracks: "inbound" },
    { action: "speak", payload: "Hello", voice: "AWS.Polly.Matthew", language: "en-US" },
  ]);
});

it.each([
  ["user_busy", "busy"],
  ["timeout", "no_answer"],
  ["call_rejected", "rejected"],
  ["time_limit", "timeout"],
  ["originator_cancel", "agent_hangup"],
  ["not_found", "failed"],
  ["a new cause", "failed"],
])("a call that Telnyx ends for %s ended with %s", async (hangup_cause, reason) => {
  await deliver(hook("call.hangup", { call_control_id: "v3:1", hangup_cause }));
  expect(told).toMatchObject([{ kind: "call_ended", reason, token: null }]);
});

it("a conversation: turns in pieces, what is heard, keys, hold, and the end by the agent", async () => {
  const { carrier } = app.runtime;
  const { carrierId } = await carrier.placeCall(order());
  const speak = (text: string, last: boolean) => carrier.speak(carrierId, { turnId: "t1", text, last, voiceId: null });
  await speak("Good morning. ", false);
  await speak("", false);
  await speak("€".repeat(4_000), true);
  await speak("", true);
  const spoken = telnyx.commands.filter(({ action }) => action === "speak");
  expect(spoken.map(({ payload }) => String(payload).length)).toEqual([14, 3_000, 1_000, 35]);
  for (const { client_state } of spoken)
    await deliver(hook("call.speak.ended", { call_control_id: carrierId, client_state }));
  const heard = (transcript: string, more: object) =>
    deliver(
      hook("call.transcription", {
        call_control_id: carrierId,
        transcription_data: { transcript, is_final: true, confidence: 0.9, transcription_track: "inbound", ...more },
      }),
    );
  await heard("Who", { is_final: false });
  await heard("Who is there?", {});
  await heard("what we said ourselves", { transcription_track: "outbound" });
  await deliver(hook("call.dtmf.received", { call_control_id: carrierId, digit: "5" }));
  expect(told).toMatchObject([
    { kind: "speak_ended", turnId: "t1" },
    { kind: "speak_ended", turnId: "t1" },
    { kind: "heard", text: "Who", isFinal: false },
    { kind: "heard", text: "Who is there?", isFinal: true, confidence: 0.9 },
    { kind: "digits", digits: "5" },
  ]);
  telnyx.commands.length = 0;
  await carrier.cancelSpeech(carrierId);
  await carrier.sendDigits(carrierId, "1#");
  await carrier.hold(carrierId, true);
  await carrier.hold(carrierId, false);
  await carrier.hangUp(carrierId);
  await carrier.hangUp(carrierId);
  await carrier.rejectCall(carrierId);
  expect(telnyx.commands.map(({ action }) => action)).toEqual([
    "playback_stop",
    "send_dtmf",
    "transcription_stop",
    "playback_stop",
    "transcription_start",
    "hangup",
  ]);
  await expect(speak("too late", true)).rejects.toMatchObject({ code: "telnyx_90018", retryable: false });
});

it.each(["hang", "fail"] as const)(
  "where Telnyx takes an order and does not say so (%s), it is not made twice",
  async (how) => {
    const { carrier } = app.runtime;
    const mine = order({ to: how === "hang" ? "+13055550111" : "+13055550112" });
    const since = app.clock.now();
    expect(await carrier.findCall(mine, since)).toBeNull();
    await expect(carrier.findMessage(mine, since)).rejects.toBeInstanceOf(CarrierUnsure);
    telnyx.afterTaking(how);
    for (const [place, made] of [
      ["placeCall", telnyx.calls],
      ["sendMessage", telnyx.messages],
    ] as const) {
      const before = made.length;
      const placing = carrier[place](mine).catch((error: unknown) => error);
      await waitUntil(() => made.length > before);
      if (how === "hang") telnyx.cut();
      expect(await placing).toBeInstanceOf(CarrierUnsure);
    }
    expect(await carrier.findCall(mine, since)).toEqual({ carrierId: telnyx.calls.at(-1)?.id });
    telnyx.record();
    expect(await carrier.findMessage(mine, since)).toEqual({ carrierId: telnyx.messages.at(-1)?.id });
    app.clock.advanceSeconds(1_000);
    expect(await carrier.findMessage(order(), since)).toBeNull();
  },
);

it("messages are sent and told of; what comes in is news", async () => {
  const message = order({ mediaUrls: ["https://files.example/1.png"] });
  const { carrierId: id } = await app.runtime.carrier.sendMessage(message);
  const sent = telnyx.messages.at(-1);
  expect(sent).toMatchObject({ text: "hé €", media_urls: message.mediaUrls, messaging_profile_id: PROFILE_ID });
  const to = (status: string) => ({
    id,
    from: { phone_number: message.from },
    to: [{ phone_number: message.to, status }],
  });
  const url = String(sent?.webhook_url);
  await deliver(hook("message.finalized", to("delivered"), { url }));
  await deliver(hook("message.sent", to("sent"), { url }));
  await deliver(hook("message.finalized", { ...to("delivery_failed"), errors: [{ code: "40008" }] }, { url }));
  await deliver(hook("message.finalized", to("delivery_unconfirmed"), { url }));
  const about = { kind: "message_status", carrierId: id, token: message.token };
  expect(told).toMatchObject([
    { ...about, status: "delivered" },
    { ...about, status: "sent" },
    { ...about, status: "failed", reason: "telnyx_40008" },
    { ...about, status: "sent" },
  ]);
  told = [];
  const media = [{ url: "https://x.example/a", content_type: "image/png" }];
  const incoming = { from: { phone_number: message.to }, to: [{ phone_number: message.from }], text: "STOP", media };
  await deliver(hook("message.received", { id: "m1", ...incoming }));
  const content = { from: message.to, to: message.from, body: "STOP", mediaUrls: ["https://x.example/a"] };
  expect(told).toMatchObject([{ kind: "message_incoming", carrierId: "m1", token: null, ...content }]);
});

it("an incoming call is answered with what is known of it, or rejected", async () => {
  const { carrier } = app.runtime;
  const [first, second] = [await carrier.placeCall(order()), await carrier.placeCall(order())];
  const party = { direction: "incoming", from: "+13055550100", to: "+14155552671" };
  await deliver(hook("call.initiated", { call_control_id: first.carrierId, client_state: null, ...party }));
  expect(told).toMatchObject([{ kind: "call_incoming", token: null, from: party.from, to: party.to }]);
  await carrier.answerCall(first.carrierId, { token: "org-in", greeting: "Hi", voiceId: null, language: null });
  await carrier.rejectCall(second.carrierId);
  expect(telnyx.commands).toMatchObject([{ action: "answer" }, { action: "reject", cause: "CALL_REJECTED" }]);
  await deliver(
    hook("call.answered", { call_control_id: first.carrierId, client_state: telnyx.commands[0]?.client_state }),
  );
  expect(told[1]).toMatchObject({ kind: "call_answered", token: "org-in" });
  expect(telnyx.commands.at(-1)).toMatchObject({ action: "speak", payload: "Hi" });
});

it("numbers are searched, bought once and released; the look-up has no data on reassignment", async () => {
  const { carrier } = app.runtime;
  const about = { countryCode: "US", areaCode: "212", contains: null, numberType: null };
  const query = { ...about, capabilities: ["sms" as const], limit: 2 };
  const offer = { phoneNumber: "+12125552671", numberType: "local", capabilities: ["sms", "voice"], region: "IL" };
  expect(await carrier.searchNumbers(query)).toEqual([{ ...offer, monthlyCents: 110 }]);
  const mine = { orgId: "org", token: "org-number" };
  const bought = await carrier.buyNumber(offer.phoneNumber, mine);
  expect(await carrier.buyNumber(offer.phoneNumber, mine)).toEqual(bought);
  expect(await carrier.findNumber(offer.phoneNumber, mine)).toEqual(bought);
  expect(await carrier.findNumber(offer.phoneNumber, { orgId: "org", token: "org-other" })).toBeNull();
  expect(telnyx.orders).toMatchObject([{ connection_id: CONNECTION_ID, messaging_profile_id: PROFILE_ID }]);
  Object.assign(telnyx.orders[0] ?? {}, { status: "failure" });
  expect(await carrier.findNumber(offer.phoneNumber, mine)).toBeNull();
  await carrier.releaseNumber(bought.providerId);
  await carrier.releaseNumber("+12125550000");
  const known = { lineType: "landline", reassigned: "no_data", ported: true };
  expect(await carrier.lookUp("+12125552671", new Date())).toEqual(known);
  await expect(carrier.lookUp("nobody", new Date())).rejects.toMatchObject({ code: "telnyx_10005" });
});

it("forged and stale webhooks are refused and do nothing; what is signed but not readable is a bad request", async () => {
  const hangUp = { call_control_id: "v3:1", hangup_cause: "normal_clearing" };
  const signed = (type = "call.hangup", payload: object = hangUp) => hook(type, payload);
  const other = telnyxWebhook(HOOK, { type: "call.hangup", payload: hangUp }, telnyxKeys(), app.clock.now());
  const stale = telnyxWebhook(
    HOOK,
    { type: "call.hangup", payload: hangUp },
    keys,
    new Date(app.clock.now().getTime() - 301_000),
  );
  const changed = new Request(HOOK, {
    method: "POST",
    headers: signed().headers,
    body: (await signed().text()).replace("v3:1", "v3:2"),
  });
  const bare = new Request(HOOK, { method: "POST", body: "{}" });
  for (const request of [other, stale, changed, bare]) expect(await deliver(request)).toBe(403);
  expect(told).toEqual([]);
  expect(await deliver(signed("call.hangup", {}))).toBe(400);
  expect(await deliver(signed("message.received", { id: "m1" }))).toBe(400);
  // What is not known here is taken, or it would be told for ever.
  expect(await deliver(signed("fax.received", {}))).toBe(204);
  expect(told).toEqual([]);
  for (let n = 0; n < 70; n++) expect(await deliver(signed())).toBe(204);
});
