import type { Database, Transaction } from "#server/platform/database.ts";

/** Where processes hear that a call has a new frame: `{orgId, agentId, callId, seq}`. */
export const FRAMES_CHANNEL = "anima_calls";

/** What is told of a call to whoever follows it, in the order of a call. Documented at /docs/voice-socket. */
export const CALL_FRAMES = [
  "call.queued",
  "call.ringing",
  "call.incoming",
  "call.started",
  "call.transcription",
  "call.speak.ended",
  "call.interrupted",
  "call.dtmf",
  "call.ended",
] as const;
/** What a connection says of itself. */
export const CONNECTION_FRAMES = ["pong", "call.reconnected", "call.error"] as const;
/** What a client asks for. */
export const CLIENT_FRAMES = [
  "ping",
  "call.create",
  "call.accept",
  "call.reject",
  "call.speak",
  "call.speak.chunk",
  "call.speak.end",
  "call.speak.cancel",
  "call.dtmf",
  "call.hold",
  "call.resume",
  "call.hangup",
] as const;
export type ClientFrame = (typeof CLIENT_FRAMES)[number];
export type ServerFrame = (typeof CALL_FRAMES | typeof CONNECTION_FRAMES)[number];

/** A name, and fields that stand flat beside it. */
export type Frame = { type: ServerFrame } & Record<string, unknown>;
export type StoredFrame = { seq: number; frame: Frame; at: Date };

/**
 * Appends a frame to a call's, in the caller's transaction, which holds the call's row: so its frames are numbered without
 * gaps, and one that can be read has all before it. Processes are woken at the commit.
 */
export async function appendFrame(
  tx: Transaction,
  call: { orgId: string; agentId: string; id: string; requestId: string | null },
  frame: Frame,
  now: Date,
): Promise<void> {
  const content = JSON.stringify({
    ...frame,
    callId: call.id,
    ...(call.requestId === null ? {} : { requestId: call.requestId }),
  });
  await tx.$queryRaw`WITH counted AS (
      UPDATE call SET frames = frames + 1 WHERE org_id = ${call.orgId} AND id = ${call.id} RETURNING frames
    ), written AS (
      INSERT INTO call_frame (org_id, call_id, seq, frame, created_at)
      SELECT ${call.orgId}, ${call.id}, frames, ${content}::jsonb, ${now} FROM counted RETURNING seq
    )
    SELECT pg_notify(${FRAMES_CHANNEL}, json_build_object('orgId', ${call.orgId}::text, 'agentId', ${call.agentId}::text,
      'callId', ${call.id}::text, 'seq', seq)::text)::text FROM written`;
}

const READ_BATCH = 200;

/** The frames of a call after one of them, oldest first; more may follow where there are as many as a batch holds. */
export async function readFrames(pool: Database["pool"], orgId: string, callId: string, after: number) {
  const { rows } = await pool.query<{ seq: number; frame: Frame; at: Date }>({
    name: "call-frames",
    text: `SELECT seq, frame, created_at AS at FROM call_frame
      WHERE org_id = $1 AND call_id = $2 AND seq > $3 ORDER BY seq LIMIT ${READ_BATCH}`,
    values: [orgId, callId, after],
  });
  return rows;
}
