import twilio from "twilio";
import {
  type CallbackAnswer,
  CallbackForged,
  type CallbackRequest,
  CallbackUnreadable,
} from "#server/domain/phone/carrier.ts";
import type { CarrierNews, EndReason } from "#server/domain/phone/news.ts";
import type { Clock } from "#server/platform/clock.ts";
import { type Addresses, emptyTwiml, hangUpTwiml, reconnectTwiml, ringTwiml } from "./twiml.ts";

type Form = Record<string, string>;
type Read = { news: CarrierNews[]; answer: CallbackAnswer };

const XML = "text/xml";
/** With a second between them: for so long a call waits for this server to come back. */
const MAX_RECONNECTS = 30;

const ENDS: Record<string, EndReason> = {
  completed: "completed",
  busy: "busy",
  "no-answer": "no_answer",
  failed: "failed",
  canceled: "agent_hangup",
};

/** Twilio signs the address that it calls, with the form's fields appended in order (HMAC-SHA1). */
export function isSigned(authToken: string, signature: string | null, url: string, form: Form): boolean {
  return signature !== null && twilio.validateRequest(authToken, signature, url, form);
}

/** Reads what Twilio tells. The same state of a call has the same id, however often it is told. */
export function readCallback(
  request: CallbackRequest,
  {
    authToken,
    accountSid,
    addresses,
    clock,
  }: { authToken: string; accountSid: string; addresses: Addresses; clock: Clock },
): Read {
  const form = Object.fromEntries(new URLSearchParams(Buffer.from(request.body).toString()));
  if (!isSigned(authToken, request.headers.get("x-twilio-signature"), request.url, form)) {
    throw new CallbackForged("the signature is wrong");
  }
  if (form.AccountSid !== accountSid) throw new CallbackForged("another account's");
  const query = new URL(request.url).searchParams;
  const at = timeOf(form, clock);
  const token = query.get("token");
  switch (query.get("event")) {
    case "call-status":
      return empty(callNews(form, token, at));
    case "incoming-call":
      return incomingCall(form, at);
    case "relay-ended":
      return relayEnded(form, token, Number(query.get("attempt")), addresses);
    case "message-status":
      return empty(messageNews(form, token, at));
    case "incoming-message":
      return incomingMessage(form, at);
    default:
      throw new CallbackUnreadable("an event that is not known here");
  }
}

function callNews(form: Form, token: string | null, at: Date): CarrierNews[] {
  const carrierId = need(form, "CallSid");
  const status = need(form, "CallStatus");
  const about = { id: `${carrierId}-${status}`, at, carrierId, token };
  if (status === "ringing") return [{ ...about, kind: "call_ringing" }];
  if (status === "in-progress") return [{ ...about, kind: "call_answered", by: "unknown" }];
  const reason = ENDS[status];
  if (!reason) return [];
  return [{ ...about, kind: "call_ended", reason, durationSeconds: Number(form.CallDuration ?? 0) }];
}

function incomingCall(form: Form, at: Date): Read {
  const carrierId = need(form, "CallSid");
  const [from, to] = [need(form, "From"), need(form, "To")];
  const news = { id: `${carrierId}-incoming`, at, carrierId, token: null, kind: "call_incoming" as const, from, to };
  return { news: [news], answer: { status: 200, contentType: XML, body: ringTwiml() } };
}

/** Without a call that goes on there is nothing to connect. A session that broke off (an error) is connected again. */
function relayEnded(form: Form, token: string | null, attempt: number, addresses: Addresses): Read {
  const brokeOff = form.CallStatus === "in-progress" && form.ErrorCode !== undefined && attempt < MAX_RECONNECTS;
  const body = brokeOff ? reconnectTwiml(addresses, token, attempt + 1) : hangUpTwiml();
  return { news: [], answer: { status: 200, contentType: XML, body } };
}

function messageNews(form: Form, token: string | null, at: Date): CarrierNews[] {
  const carrierId = need(form, "MessageSid");
  const told = need(form, "MessageStatus");
  const status = told === "undelivered" ? "failed" : told;
  if (status !== "sent" && status !== "delivered" && status !== "failed") return [];
  const reason = status === "failed" ? `twilio_${form.ErrorCode ?? told}` : null;
  return [{ id: `${carrierId}-${status}`, at, carrierId, token, kind: "message_status", status, reason }];
}

function incomingMessage(form: Form, at: Date): Read {
  const carrierId = need(form, "MessageSid");
  const count = Number(form.NumMedia ?? 0);
  const mediaUrls = Array.from({ length: count }, (_, n) => need(form, `MediaUrl${n}`));
  const [from, to, body] = [need(form, "From"), need(form, "To"), form.Body ?? ""];
  const about = { id: carrierId, at, carrierId, token: null };
  return {
    news: [{ ...about, kind: "message_incoming", from, to, body, mediaUrls }],
    answer: { status: 200, contentType: XML, body: emptyTwiml() },
  };
}

function empty(news: CarrierNews[]): Read {
  return { news, answer: { status: 204, contentType: XML, body: "" } };
}

function need(form: Form, field: string): string {
  const value = form[field];
  if (value === undefined || value === "") throw new CallbackUnreadable(`${field} is missing`);
  return value;
}

/** Status callbacks say when it happened (RFC 2822); what comes in happens now. */
function timeOf({ Timestamp }: Form, clock: Clock): Date {
  const at = new Date(Timestamp ?? "");
  return Number.isNaN(at.getTime()) ? clock.now() : at;
}
