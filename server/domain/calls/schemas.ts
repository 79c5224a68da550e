import { z } from "zod";
import type { Call as Row, CallSegment as SegmentRow } from "#server/platform/generated/client.ts";
import { GATES } from "../phone/gates/types.ts";
import { CALL_STATES, type EndReason } from "../phone/news.ts";

export const CALL_TIERS = ["basic", "premium"] as const;
export type CallTier = (typeof CALL_TIERS)[number];
export const CALL_DIRECTIONS = ["INBOUND", "OUTBOUND"] as const;
export const CREATE_STATUS = 201;
/** The states in which a call runs. */
export const OPEN_STATES = ["queued", "ringing", "active"] as const;

export const Call = z
  .object({
    id: z.string(),
    agentId: z.string(),
    phoneIdentityId: z.string().describe("The agent's number that it is on."),
    direction: z.enum(CALL_DIRECTIONS),
    tier: z.enum(CALL_TIERS),
    state: z.enum(CALL_STATES),
    from: z.string(),
    to: z.string(),
    correlationId: z.string(),
    startedAt: z.string(),
    answeredAt: z.string().nullable(),
    answeredBy: z.enum(["person", "machine", "unknown"]).nullable(),
    endedAt: z.string().nullable(),
    endReason: z
      .string()
      .nullable()
      .describe(
        "completed, caller_hangup, agent_hangup, no_answer, busy, rejected, failed, timeout or silence. caller is whoever is not the agent.",
      ),
    hangupReason: z.string().nullable().describe("What the agent, or whoever hung up for it, gave as the reason."),
    durationSeconds: z.int().nullable().describe("Since it was answered."),
    maxSeconds: z.int().describe("When it is ended, counted from the answer."),
    metadata: z.record(z.string(), z.unknown()),
    createdAt: z.string(),
  })
  .meta({ id: "Call" });
export type Call = z.infer<typeof Call>;

/** What whoever places a call is answered. */
export const CreatedCall = z
  .object({
    callId: z.string(),
    state: z.enum(CALL_STATES),
    from: z.string(),
    to: z.string(),
    tier: z.enum(CALL_TIERS),
    direction: z.enum(CALL_DIRECTIONS),
    maxSeconds: z.int(),
    correlationId: z.string(),
  })
  .meta({ id: "CreatedCall" });
export type CreatedCall = z.infer<typeof CreatedCall>;

/** What a dry run answers: every gate's verdict, in their order. */
export const GateReport = z
  .object({
    allowed: z.boolean(),
    gates: z.array(
      z.object({
        gate: z.enum(GATES),
        verdict: z.enum(["allow", "refuse"]),
        code: z.string().nullable(),
        detail: z.string(),
        facts: z.record(z.string(), z.unknown()),
        details: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  })
  .meta({ id: "GateReport" });

export const Transcript = z
  .object({
    callId: z.string(),
    segments: z.array(
      z.object({
        speaker: z.enum(["agent", "caller"]),
        text: z.string(),
        startTime: z.number().describe("Seconds since the answer."),
        endTime: z.number(),
        confidence: z.number().describe("0 to 1; 1 for what the agent said."),
        isFinal: z.boolean(),
        turnId: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Transcript" });
export type TranscriptSegment = z.infer<typeof Transcript>["segments"][number];

/** A call as the API answers it. */
export function toCall(row: Row): Call {
  return {
    id: row.id,
    agentId: row.agentId,
    phoneIdentityId: row.phoneNumberId,
    direction: row.direction as Call["direction"],
    tier: row.tier as CallTier,
    state: row.state as Call["state"],
    from: row.fromNumber,
    to: row.toNumber,
    correlationId: row.correlationId,
    startedAt: row.startedAt.toISOString(),
    answeredAt: row.answeredAt?.toISOString() ?? null,
    answeredBy: row.answeredBy as Call["answeredBy"],
    endedAt: row.endedAt?.toISOString() ?? null,
    endReason: row.endReason as EndReason | null,
    hangupReason: row.hangupReason,
    durationSeconds: row.durationSeconds,
    maxSeconds: row.maxSeconds,
    metadata: row.metadata as Record<string, unknown>,
    createdAt: row.createdAt.toISOString(),
  };
}

export function toCreatedCall(row: Row): CreatedCall {
  const { callId, state, from, to, tier, direction, maxSeconds, correlationId } = { callId: row.id, ...toCall(row) };
  return { callId, state, from, to, tier, direction, maxSeconds, correlationId };
}

export function toSegment(row: Omit<SegmentRow, "orgId" | "callId" | "agentId" | "createdAt">): TranscriptSegment {
  return {
    speaker: row.speaker as TranscriptSegment["speaker"],
    text: row.text,
    startTime: row.startMs / 1000,
    endTime: row.endMs / 1000,
    confidence: row.confidence ?? 1,
    isFinal: row.isFinal,
    turnId: row.turnId,
  };
}
