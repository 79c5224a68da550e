import { z } from "zod";
import { type CallbackRequest, CallbackUnreadable } from "#server/domain/phone/carrier.ts";
import type { CarrierNews, EndReason } from "#server/domain/phone/news.ts";
import { readState } from "./state.ts";

const Party = z.object({ phone_number: z.string(), status: z.string().optional() });

const Call = z.object({
  call_control_id: z.string(),
  client_state: z.string().nullish(),
  direction: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  hangup_cause: z.string().optional(),
  digit: z.string().optional(),
  transcription_data: z
    .object({
      transcript: z.string(),
      is_final: z.boolean(),
      confidence: z.number().nullish(),
      transcription_track: z.string().optional(),
    })
    .optional(),
  recording_urls: z.object({ mp3: z.string().nullish(), wav: z.string().nullish() }).optional(),
});

const Message = z.object({
  id: z.string(),
  from: Party,
  to: z.array(Party).min(1),
  text: z.string().nullish(),
  media: z.array(z.object({ url: z.string() })).nullish(),
  errors: z.array(z.object({ code: z.string() })).nullish(),
});

const Event = z.object({
  data: z.object({ id: z.string(), event_type: z.string(), occurred_at: z.coerce.date(), payload: z.unknown() }),
});
export type TelnyxEvent = z.output<typeof Event>["data"];
export type CallPayload = z.output<typeof Call>;

const ENDS: Record<string, EndReason> = {
  normal_clearing: "completed",
  originator_cancel: "agent_hangup",
  timeout: "no_answer",
  no_answer: "no_answer",
  time_limit: "timeout",
  user_busy: "busy",
  call_rejected: "rejected",
};

/** The event in a callback, whose signature was checked. CallbackUnreadable where it is none. */
export function readEvent({ body }: CallbackRequest): TelnyxEvent {
  return parse(Event, json(body)).data;
}

export function readCall(event: TelnyxEvent): CallPayload {
  return parse(Call, event.payload);
}

/** What an event says. A repeat of it has the same id. */
export function toNews(event: TelnyxEvent, request: CallbackRequest): CarrierNews[] {
  if (event.event_type.startsWith("message.")) return messageNews(event, request);
  return event.event_type.startsWith("call.") ? callNews(event) : [];
}

function callNews(event: TelnyxEvent): CarrierNews[] {
  const call = readCall(event);
  const state = readState(call.client_state);
  const carrierId = call.call_control_id;
  const about = { id: event.id, at: event.occurred_at, carrierId, token: state.token ?? null };
  switch (event.event_type) {
    case "call.initiated":
      if (call.direction !== "incoming") return [{ ...about, kind: "call_ringing" }];
      return [{ ...about, kind: "call_incoming", from: call.from ?? "", to: call.to ?? "" }];
    case "call.answered":
      return [{ ...about, kind: "call_answered", by: "unknown" }];
    case "call.hangup": {
      const reason = ENDS[call.hangup_cause ?? ""] ?? "failed";
      return [{ ...about, kind: "call_ended", reason, durationSeconds: null }];
    }
    case "call.transcription": {
      const said = call.transcription_data;
      if (!said || said.transcription_track === "outbound") return [];
      const { transcript: text, is_final: isFinal, confidence = null } = said;
      return [{ ...about, kind: "heard", text, isFinal, confidence, turnId: null }];
    }
    case "call.speak.ended":
      // Only the last piece of a turn carries its id.
      if (state.turnId === undefined && !state.greets) return [];
      return [{ ...about, kind: "speak_ended", turnId: state.turnId ?? null, text: null }];
    case "call.dtmf.received":
      return call.digit === undefined ? [] : [{ ...about, kind: "digits", digits: call.digit }];
    case "call.recording.saved": {
      const url = call.recording_urls?.wav ?? call.recording_urls?.mp3;
      return url ? [{ ...about, kind: "recorded", url, durationSeconds: null }] : [];
    }
    default:
      return [];
  }
}

function messageNews(event: TelnyxEvent, { url }: CallbackRequest): CarrierNews[] {
  const message = parse(Message, event.payload);
  const token = new URL(url).searchParams.get("token");
  const about = { id: event.id, at: event.occurred_at, carrierId: message.id, token };
  const [to] = message.to;
  if (!to) return [];
  if (event.event_type === "message.received") {
    const mediaUrls = (message.media ?? []).map((medium) => medium.url);
    const { text, from } = message;
    const content = { from: from.phone_number, to: to.phone_number, body: text ?? "", mediaUrls };
    return [{ ...about, kind: "message_incoming", ...content }];
  }
  if (event.event_type === "message.sent") return [{ ...about, kind: "message_status", status: "sent", reason: null }];
  if (event.event_type !== "message.finalized") return [];
  if (to.status === "delivered") return [{ ...about, kind: "message_status", status: "delivered", reason: null }];
  // Sent, and no network has said more: that is all there will be.
  if (to.status === "delivery_unconfirmed") {
    return [{ ...about, kind: "message_status", status: "sent", reason: null }];
  }
  const reason = `telnyx_${message.errors?.[0]?.code ?? to.status ?? "unknown"}`;
  return [{ ...about, kind: "message_status", status: "failed", reason }];
}

function json(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    throw new CallbackUnreadable("the body is not JSON");
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CallbackUnreadable(`${parsed.error.issues[0]?.path.join(".")} is missing or wrong`);
}
