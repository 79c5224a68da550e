import type { Transaction } from "#server/platform/database.ts";
import type { Call } from "#server/platform/generated/client.ts";
import type { Services } from "../context.ts";
import { asksToStop } from "../phone/law/words.ts";
import type { CarrierNews } from "../phone/news.ts";
import { noteStopHeard, saidIn } from "../phone/stop-heard/note.ts";
import { emit } from "../transaction.ts";
import { endCall } from "./end.ts";
import { appendFrame } from "./frames.ts";
import { callEvent } from "./record.ts";
import { dropSegment, dropUnsaid, openSegment, say } from "./segments.ts";

type NewsOf<Kind extends CarrierNews["kind"]> = Extract<CarrierNews, { kind: Kind }>;
export type CallNews = Exclude<CarrierNews, NewsOf<"message_status" | "message_incoming" | "call_incoming">>;

/** The turn that a greeting is. */
const GREETING_TURN = "greeting";

/** Applies one piece of news to a call, whose row the caller holds. What comes too late to matter changes nothing. */
export async function applyToCall(services: Services, tx: Transaction, call: Call, news: CallNews): Promise<void> {
  switch (news.kind) {
    case "call_ringing":
      return ringing(services, tx, call);
    case "call_answered":
      return answered(services, tx, call, news);
    case "call_ended":
      return endCall(services, tx, call, news);
    case "heard":
      return heard(services, tx, call, news);
    case "speak_ended":
      return spoken(services, tx, call, news);
    case "interrupted":
      return interrupted(services, tx, call, news);
    case "digits":
      // Not on the log, nor in the transcript: what is typed may be a secret.
      return tell(services, tx, call, { type: "call.dtmf", digits: news.digits });
    case "recorded":
      return recorded(services, tx, call, news);
  }
}

async function ringing(services: Services, tx: Transaction, call: Call): Promise<void> {
  if (call.state !== "queued") return;
  await change(tx, call, { state: "ringing" });
  await emit(services, tx, callEvent(call, "voice.call.ringing", "SUCCESS"));
  await tell(services, tx, call, { type: "call.ringing" });
}

async function answered(
  services: Services,
  tx: Transaction,
  call: Call,
  { at, by }: NewsOf<"call_answered">,
): Promise<void> {
  if (call.state !== "queued" && call.state !== "ringing") return;
  await change(tx, call, { state: "active", answeredAt: at, answeredBy: by });
  // It stands where every turn does: first in what is being said.
  if (call.greeting) {
    const turn = { text: call.greeting, turnId: GREETING_TURN, isFinal: false, confidence: null };
    await say(tx, { ...call, answeredAt: at }, { speaker: "agent", at, ...turn });
  }
  await emit(services, tx, callEvent(call, "voice.call.answered", "SUCCESS", { by }));
  await tell(services, tx, call, {
    type: "call.started",
    from: call.fromNumber,
    to: call.toNumber,
    tier: call.tier,
    direction: call.direction,
    answeredBy: by,
  });
}

async function heard(services: Services, tx: Transaction, call: Call, news: NewsOf<"heard">): Promise<void> {
  const { text, isFinal, confidence, turnId } = news;
  const isNew = await say(tx, call, { speaker: "caller", text, at: news.at, isFinal, confidence, turnId });
  if (!isNew) return;
  await tell(services, tx, call, { type: "call.transcription", speaker: "caller", text, isFinal, confidence, turnId });
  if (!isFinal || !asksToStop(text)) return;
  // Offered to the operator as a revocation: words alone do not decide.
  await emit(services, tx, callEvent(call, "voice.call.stop_heard", "SUCCESS"));
  await noteStopHeard(tx, saidIn(call, text, services.clock.now()));
}

async function spoken(services: Services, tx: Transaction, call: Call, news: NewsOf<"speak_ended">): Promise<void> {
  const open = await openSegment(tx, call, "agent", news.turnId);
  const text = news.text ?? open?.text ?? "";
  const turnId = news.turnId ?? open?.turnId ?? null;
  if (text !== "") await sayAsAgent(services, tx, call, { text, turnId, at: news.at });
  else if (open) await dropSegment(tx, call, open.seq);
  await tell(services, tx, call, { type: "call.speak.ended", text, turnId });
}

async function interrupted(
  services: Services,
  tx: Transaction,
  call: Call,
  { spokenUntil, heard: newTranscription, at }: NewsOf<"interrupted">,
): Promise<void> {
  const open = await openSegment(tx, call, "agent", null);
  if (spokenUntil !== "") await sayAsAgent(services, tx, call, { text: spokenUntil, turnId: open?.turnId ?? null, at });
  await dropUnsaid(tx, call);
  await tell(services, tx, call, { type: "call.interrupted", spokenUntil, newTranscription });
}

async function sayAsAgent(
  services: Services,
  tx: Transaction,
  call: Call,
  { text, turnId, at }: { text: string; turnId: string | null; at: Date },
): Promise<void> {
  await say(tx, call, { speaker: "agent", text, at, isFinal: true, confidence: null, turnId });
  await tell(services, tx, call, { type: "call.transcription", speaker: "agent", text, isFinal: true, turnId });
}

async function recorded(services: Services, tx: Transaction, call: Call, news: NewsOf<"recorded">): Promise<void> {
  await change(tx, call, { recordingUrl: news.url, recordingSeconds: news.durationSeconds });
  const data = { durationSeconds: news.durationSeconds };
  await emit(services, tx, callEvent(call, "voice.call.recorded", "SUCCESS", data));
}

/** A frame to whoever follows. After the end there is nobody to tell. */
async function tell(
  services: Services,
  tx: Transaction,
  call: Call,
  frame: Parameters<typeof appendFrame>[2],
): Promise<void> {
  if (call.endedAt === null) await appendFrame(tx, call, frame, services.clock.now());
}

async function change(tx: Transaction, call: Call, data: Partial<Omit<Call, "metadata">>): Promise<void> {
  await tx.call.update({ where: { orgId_id: { orgId: call.orgId, id: call.id } }, data });
}
