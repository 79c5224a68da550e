import { z } from "zod";
import type { Call } from "#server/platform/generated/client.ts";
import { newId } from "#server/platform/ids.ts";
import { anyKey } from "../authorise.ts";
import type { Context } from "../context.ts";
import { DomainError } from "../errors.ts";
import { id } from "../fields.ts";
import { fromCarrier } from "../phone/provider-error.ts";
import { tokenOf } from "../phone/token.ts";
import { emit, openTransaction, reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { findCall } from "./get.ts";
import { hangUp } from "./hang-up.ts";
import { callEvent, lockCall } from "./record.ts";
import { dropUnsaid, openSegment, say } from "./segments.ts";

/** What is done with a call that runs. Every verb here: NOT_FOUND, CONFLICT (not in progress), PHONE_PROVIDER_ERROR. */
const access = anyKey("phone:voice");
const OfCall = z.object({ callId: id });
const voiceId = z.string().min(1).max(100).optional();

/** What a verb of this file answers: that it was done. */
const DONE = { success: true } as const;

/** Says something, whole or in pieces of one turn: `last` closes it. Answers the turn's id. */
export const speak = verb({
  access,
  input: OfCall.extend({
    text: z.string().max(10_000),
    turnId: id.optional(),
    last: z.boolean().default(true),
    voiceId,
  }),
  run: async (ctx, input) => {
    const call = await heard(ctx, input.callId);
    const { text, last, turnId = newId() } = input;
    await fromCarrier(
      ctx.services.carrier.speak(call.carrierId, { turnId, text, last, voiceId: input.voiceId ?? call.voiceId }),
    );
    if (text !== "") await noteBegun(ctx, call, turnId, text);
    return { ...DONE, turnId };
  },
});

/** Stops what is being said, and what was to be said. */
export const cancelSpeech = verb({
  access,
  input: OfCall,
  run: async (ctx, input) => {
    const call = await talking(ctx, input.callId);
    // What is being said ends as the carrier tells; what stands behind it is not said.
    const current = await openSegment(reader(ctx), call, "agent", null);
    await fromCarrier(ctx.services.carrier.cancelSpeech(call.carrierId));
    if (current) await openTransaction(ctx.services, (tx) => dropUnsaid(tx, call, current.seq));
    return DONE;
  },
});

/** Presses keys. */
export const sendDigits = verb({
  access,
  input: OfCall.extend({ digits: z.string().regex(/^[0-9A-D*#wW,]{1,64}$/i, "must be 0-9, A-D, * or #; w waits.") }),
  run: async (ctx, input) => {
    const { carrierId } = await heard(ctx, input.callId);
    await fromCarrier(ctx.services.carrier.sendDigits(carrierId, input.digits));
    return DONE;
  },
});

export const holdCall = verb({ access, input: OfCall, run: (ctx, { callId }) => setHold(ctx, callId, true) });
export const resumeCall = verb({ access, input: OfCall, run: (ctx, { callId }) => setHold(ctx, callId, false) });

/** Takes an incoming call that rings. */
export const acceptIncoming = verb({
  access,
  input: OfCall.extend({
    greeting: z.string().max(500).optional(),
    voiceId,
    voice: z.object({ voiceId }).optional(),
    language: z.string().max(35).optional(),
  }),
  run: async (ctx, input) => {
    const call = await ringing(ctx, input.callId);
    const { greeting = null, language = null } = input;
    const speaker = await speakAs(ctx, call, {
      greeting,
      voiceId: input.voiceId ?? input.voice?.voiceId ?? null,
      language,
    });
    const order = { token: tokenOf(call.orgId, call.id), ...speaker };
    await fromCarrier(ctx.services.carrier.answerCall(call.carrierId, order));
    await openTransaction(ctx.services, (tx) =>
      emit(ctx.services, tx, callEvent(call, "voice.call.accepted", "SUCCESS", {}, ctx)),
    );
    return DONE;
  },
});

type Speaker = { greeting: string | null; voiceId: string | null; language: string | null };

/** Whoever accepts a call first says how it is answered; another one repeats that. @returns how */
function speakAs(ctx: Context, { orgId, id: callId }: Call, wanted: Speaker): Promise<Speaker> {
  return openTransaction(ctx.services, async (tx) => {
    const call = await lockCall(tx, orgId, callId);
    if (call && call.dialledAt !== null) {
      const { greeting, voiceId, language } = call;
      return { greeting, voiceId, language };
    }
    const where = { orgId_id: { orgId, id: callId } };
    await tx.call.update({ where, data: { ...wanted, dialledAt: ctx.services.clock.now() } });
    return wanted;
  });
}

/** Refuses an incoming call that rings. */
export const rejectIncoming = verb({
  access,
  input: OfCall,
  run: async (ctx, input) => {
    const call = await ringing(ctx, input.callId);
    await fromCarrier(ctx.services.carrier.rejectCall(call.carrierId));
    return DONE;
  },
});

/** Ends a call; one that has ended stays as it is. */
export const hangUpCall = verb({
  access,
  input: OfCall.extend({
    reason: z
      .string()
      .trim()
      .max(100)
      .optional()
      .describe("Why, in your words: kept as the call's hangupReason. Its endReason is agent_hangup, whatever it is."),
  }),
  run: async (ctx, input) => {
    const call = await findCall(ctx, reader(ctx), input.callId);
    await fromCarrier(hangUp(ctx.services, call.orgId, call.id, "agent", { ctx, reason: input.reason || null }));
    return DONE;
  },
});

type Placed = Call & { carrierId: string };

/** A call that both can speak in. CONFLICT before the answer and after the end. */
async function talking(ctx: Context, callId: string): Promise<Placed> {
  const call = await findCall(ctx, reader(ctx), callId);
  if (call.state !== "active" || call.carrierId === null) throw notIn(call, "in progress");
  return { ...call, carrierId: call.carrierId };
}

/** The same, and the person hears us. CONFLICT on hold. */
async function heard(ctx: Context, callId: string): Promise<Placed> {
  const call = await talking(ctx, callId);
  if (!call.onHold) return call;
  throw new DomainError("CONFLICT", "The call is on hold: resume it first.", { details: { state: call.state } });
}

async function ringing(ctx: Context, callId: string): Promise<Placed> {
  const call = await findCall(ctx, reader(ctx), callId);
  const isWaiting = call.direction === "INBOUND" && call.state === "ringing";
  if (!isWaiting || call.carrierId === null) throw notIn(call, "an incoming one that rings");
  return { ...call, carrierId: call.carrierId };
}

function notIn({ state }: Call, what: string): DomainError {
  return new DomainError("CONFLICT", `The call is not ${what}: its state is ${state}.`, { details: { state } });
}

async function setHold(ctx: Context, callId: string, on: boolean) {
  const call = await talking(ctx, callId);
  await fromCarrier(ctx.services.carrier.hold(call.carrierId, on));
  await openTransaction(ctx.services, async (tx) => {
    const now = await lockCall(tx, call.orgId, call.id);
    if (!now || now.onHold === on) return;
    await tx.call.update({ where: { orgId_id: { orgId: call.orgId, id: call.id } }, data: { onHold: on } });
    await emit(ctx.services, tx, callEvent(call, on ? "voice.call.held" : "voice.call.resumed", "SUCCESS", {}, ctx));
  });
  return DONE;
}

/** What the agent begins to say stands in the transcript, not final, until the carrier tells how far it came. */
async function noteBegun(ctx: Context, { orgId, id: callId }: Call, turnId: string, text: string): Promise<void> {
  await openTransaction(ctx.services, async (tx) => {
    const call = await lockCall(tx, orgId, callId);
    if (!call || call.endedAt !== null) return;
    const at = ctx.services.clock.now();
    await say(tx, call, { speaker: "agent", text, at, isFinal: false, confidence: null, turnId, adds: true });
  });
}
