import { createHash } from "node:crypto";
import { createCall } from "#server/domain/calls/create.ts";
import { CLIENT_FRAMES, type ClientFrame } from "#server/domain/calls/frames.ts";
import {
  acceptIncoming,
  cancelSpeech,
  hangUpCall,
  holdCall,
  rejectIncoming,
  resumeCall,
  sendDigits,
  speak,
} from "#server/domain/calls/running.ts";
import type { CreatedCall } from "#server/domain/calls/schemas.ts";
import { type Context, orgOf } from "#server/domain/context.ts";
import { DomainError } from "#server/domain/errors.ts";
import { inProgress, isLockTimeout, KeyTaken, storedAnswer } from "#server/domain/idempotency/claim.ts";
import { emit, openTransaction } from "#server/domain/transaction.ts";
import type { Message } from "./session.ts";

/** Does what a frame asks for. @returns the call whose conversation its sender holds from now on; null: it says nothing of that */
export async function obey(ctx: Context, message: Message, agentId: string | undefined): Promise<string | null> {
  try {
    return await act(ctx, message, agentId);
  } catch (error) {
    const denied = error instanceof DomainError ? error.denied : undefined;
    if (denied) await openTransaction(ctx.services, (tx) => emit(ctx.services, tx, denied));
    throw error;
  }
}

async function act(ctx: Context, message: Message, agentId: string | undefined): Promise<string | null> {
  const { type, ...fields } = message;
  const callId = String(fields.callId ?? "");
  if (!isKnown(type)) throw unknownFrame(type);
  switch (type) {
    case "call.create":
      return create(ctx, fields, agentId);
    case "call.accept":
      await acceptIncoming(ctx, { ...fields, callId });
      return callId;
    case "call.speak":
      await speak(ctx, { ...pieceOf(fields), callId, last: true });
      return callId;
    case "call.speak.chunk":
      await speak(ctx, { ...pieceOf(fields), callId, last: false });
      return callId;
    case "call.speak.end":
      await speak(ctx, { ...pieceOf(fields), callId, last: true });
      return callId;
    case "call.speak.cancel":
      await cancelSpeech(ctx, { callId });
      return null;
    case "call.hangup":
      await hangUpCall(ctx, { callId, ...(typeof fields.reason === "string" ? { reason: fields.reason } : {}) });
      return null;
    case "call.reject":
      await rejectIncoming(ctx, { callId });
      return null;
    case "call.hold":
      await holdCall(ctx, { callId });
      return null;
    case "call.resume":
      await resumeCall(ctx, { callId });
      return null;
    case "call.dtmf":
      await sendDigits(ctx, { callId, digits: String(fields.digits ?? "") });
      return null;
    case "ping":
      // The session answers it.
      return null;
  }
}

function isKnown(type: string): type is ClientFrame {
  return (CLIENT_FRAMES as readonly string[]).includes(type);
}

function unknownFrame(type: string): DomainError {
  return new DomainError("BAD_REQUEST", `${type.slice(0, 40)} is no frame of this connection.`);
}

function pieceOf({ text, chunk, turnId, voiceId }: Record<string, unknown>) {
  return {
    text: String(text ?? chunk ?? ""),
    ...(turnId === undefined ? {} : { turnId: String(turnId) }),
    ...(voiceId === undefined ? {} : { voiceId: String(voiceId) }),
  };
}

/** A request that is sent again under its id, by a client that came back, is the same call. */
async function create(ctx: Context, fields: Record<string, unknown>, agentId: string | undefined): Promise<string> {
  const input = { agentId, ...fields, dry_run: false } as unknown as Parameters<typeof createCall>[1];
  const { requestId } = fields;
  if (typeof requestId !== "string") return ((await createCall(ctx, input)) as CreatedCall).callId;
  const fingerprint = createHash("sha256").update(JSON.stringify(input)).digest();
  const owner = ctx.principal.kind === "agent" ? `agent ${ctx.principal.agentId}` : "master";
  const claim = { scope: orgOf(ctx), principal: `${owner} voice`, key: requestId, fingerprint };
  try {
    return ((await createCall({ ...ctx, claim }, input)) as CreatedCall).callId;
  } catch (error) {
    if (isLockTimeout(error)) throw inProgress();
    if (!(error instanceof KeyTaken)) throw error;
    const stored = await storedAnswer(ctx.services, claim);
    if (!stored) throw inProgress();
    return (JSON.parse(stored.body) as CreatedCall).callId;
  }
}
