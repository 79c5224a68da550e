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

/** The call whose conversation the sender holds from now on, and whether it was ordered before under the same name. */
export type Held = { callId: string; again: boolean };

/** Does what a frame asks for. @returns null: it says nothing of who holds a conversation */
export async function obey(ctx: Context, message: Message, agentId: string | undefined): Promise<Held | null> {
  try {
    return await act(ctx, message, agentId);
  } catch (error) {
    const denied = error instanceof DomainError ? error.denied : undefined;
    if (denied) await openTransaction(ctx.services, (tx) => emit(ctx.services, tx, denied));
    throw error;
  }
}

async function act(ctx: Context, message: Message, agentId: string | undefined): Promise<Held | null> {
  const { type, ...fields } = message;
  const callId = String(fields.callId ?? "");
  if (!isKnown(type)) throw unknownFrame(type);
  switch (type) {
    case "call.create":
      return create(ctx, fields, agentId);
    case "call.accept":
      await acceptIncoming(ctx, { ...fields, callId });
      return { callId, again: false };
    case "call.speak":
      await speak(ctx, { ...pieceOf(fields), callId, last: true });
      return { callId, again: false };
    case "call.speak.chunk":
      await speak(ctx, { ...pieceOf(fields), callId, last: false });
      return { callId, again: false };
    case "call.speak.end":
      await speak(ctx, { ...pieceOf({ ...fields, text: fields.text ?? fields.chunk ?? "" }), callId, last: true });
      return { callId, again: false };
    case "call.speak.cancel":
      await cancelSpeech(ctx, { callId });
      return null;
    case "call.hangup":
      await hangUpCall(ctx, { callId, ...textOf("reason", fields.reason) });
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

type Piece = { text: string; turnId?: string; voiceId?: string };

function pieceOf({ text, chunk, turnId, voiceId }: Record<string, unknown>): Piece {
  return { ...textOf("text", text ?? chunk), ...textOf("turnId", turnId), ...textOf("voiceId", voiceId) } as Piece;
}

/** A field as it came, for its schema to look at: nothing else may be made text of, and spoken. Null is the same as none. */
function textOf<Name extends string>(name: Name, value: unknown): { [name in Name]?: string } {
  return (value ?? undefined) === undefined ? {} : ({ [name]: value } as { [name in Name]: string });
}

/** A request that is sent again under its id, by a client that came back, is the same call. */
async function create(ctx: Context, fields: Record<string, unknown>, agentId: string | undefined): Promise<Held> {
  const named = { ...fields, agentId: fields.agentId ?? agentId, dry_run: false };
  const input = named as unknown as Parameters<typeof createCall>[1];
  const { requestId } = fields;
  const place = async (by: Context): Promise<Held> => {
    const { callId } = (await createCall(by, input)) as CreatedCall;
    return { callId, again: false };
  };
  if (typeof requestId !== "string") return place(ctx);
  const fingerprint = createHash("sha256").update(JSON.stringify(input)).digest();
  const owner = ctx.principal.kind === "agent" ? `agent ${ctx.principal.agentId}` : "master";
  const claim = { scope: orgOf(ctx), principal: `${owner} voice`, key: requestId, fingerprint };
  try {
    return await place({ ...ctx, claim });
  } catch (error) {
    if (isLockTimeout(error)) throw inProgress();
    if (!(error instanceof KeyTaken)) throw error;
    const stored = await storedAnswer(ctx.services, claim);
    if (!stored) throw inProgress();
    return { callId: (JSON.parse(stored.body) as CreatedCall).callId, again: true };
  }
}
