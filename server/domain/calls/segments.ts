import type { Transaction } from "#server/platform/database.ts";
import type { Call } from "#server/platform/generated/client.ts";

export type Saying = {
  speaker: "agent" | "caller";
  text: string;
  at: Date;
  isFinal: boolean;
  confidence: number | null;
  turnId: string | null;
  /** Whether the text comes after what is there of the turn, instead of replacing it. */
  adds?: boolean;
};

/** What was said may be long: a person who talks for the whole of the longest call says less. */
export const MAX_TEXT = 20_000;

/**
 * Writes what was said into the transcript of a call, whose row the caller holds. A piece that names its turn replaces
 * what is there of that turn until it is final; what is final stays.
 *
 * @returns false for a piece that comes after the whole of its turn
 */
export async function say(tx: Transaction, call: Call, saying: Saying): Promise<boolean> {
  const { orgId, id: callId } = call;
  const ms = sinceAnswer(call, saying.at);
  const text = saying.text.slice(0, MAX_TEXT);
  const { isFinal, confidence } = saying;
  const open = saying.turnId === null ? null : await openSegment(tx, call, saying.speaker, saying.turnId);
  if (open !== null) {
    await tx.callSegment.update({
      where: { orgId_callId_seq: { orgId, callId, seq: open.seq } },
      data: {
        text: (saying.adds ? open.text + text : text).slice(0, MAX_TEXT),
        isFinal,
        confidence,
        endMs: Math.max(ms, open.startMs),
      },
    });
    return true;
  }
  if (!isFinal && saying.turnId !== null && (await isSaid(tx, call, saying.speaker, saying.turnId))) return false;
  const { segments: seq } = await tx.call.update({
    where: { orgId_id: { orgId, id: callId } },
    data: { segments: { increment: 1 } },
    select: { segments: true },
  });
  await tx.callSegment.create({
    data: {
      orgId,
      callId,
      seq,
      agentId: call.agentId,
      speaker: saying.speaker,
      text,
      startMs: ms,
      endMs: ms,
      confidence,
      isFinal,
      turnId: saying.turnId,
      createdAt: saying.at,
    },
  });
  return true;
}

async function isSaid(tx: Transaction, call: Call, speaker: Saying["speaker"], turnId: string): Promise<boolean> {
  const where = { orgId: call.orgId, callId: call.id, speaker, turnId, isFinal: true };
  return (await tx.callSegment.findFirst({ where, select: { seq: true } })) !== null;
}

/** The segment of a turn that is not final yet. */
export function openSegment(tx: Transaction, call: Call, speaker: Saying["speaker"], turnId: string | null) {
  return tx.callSegment.findFirst({
    where: {
      orgId: call.orgId,
      callId: call.id,
      speaker,
      isFinal: false,
      ...(turnId === null ? {} : { turnId }),
    },
    orderBy: { seq: "asc" },
  });
}

/** Nothing was said of a turn. */
export async function dropSegment(tx: Transaction, { orgId, id: callId }: Call, seq: number): Promise<void> {
  await tx.callSegment.delete({ where: { orgId_callId_seq: { orgId, callId, seq } } });
}

/** Nothing is said any more of what the agent still had to say. @param after only of what comes behind this segment */
export async function dropUnsaid(tx: Transaction, { orgId, id: callId }: Call, after = 0): Promise<void> {
  await tx.callSegment.deleteMany({ where: { orgId, callId, speaker: "agent", isFinal: false, seq: { gt: after } } });
}

/** Nothing more is said: what was begun stays as far as it came. Turns are said one after the other, so that is one. */
export async function closeOpenSegments(tx: Transaction, call: Call, at: Date): Promise<void> {
  const current = await openSegment(tx, call, "agent", null);
  if (current) await dropUnsaid(tx, call, current.seq);
  await tx.callSegment.updateMany({
    where: { orgId: call.orgId, callId: call.id, isFinal: false },
    data: { isFinal: true, endMs: sinceAnswer(call, at) },
  });
}

function sinceAnswer(call: Call, at: Date): number {
  return call.answeredAt ? Math.max(0, at.getTime() - call.answeredAt.getTime()) : 0;
}
