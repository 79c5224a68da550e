/** How a call stands. It only ever moves down this list; the last four end it. */
export const CALL_STATES = ["queued", "ringing", "active", "completed", "no_answer", "busy", "failed"] as const;
export type CallState = (typeof CALL_STATES)[number];

export type EndReason =
  | "completed"
  | "caller_hangup"
  | "agent_hangup"
  | "no_answer"
  | "busy"
  | "rejected"
  | "failed"
  | "timeout"
  | "silence";

type AboutCall = {
  /** The carrier's id of what happened; the same news with the same id is applied once. */
  id: string;
  at: Date;
  carrierId: string;
  /** Our token, where the carrier gives it back. */
  token: string | null;
};

/** What a carrier tells us, whatever its own words are. It may come twice, late, and out of order. */
export type CarrierNews =
  | (AboutCall & { kind: "call_ringing" })
  | (AboutCall & { kind: "call_answered"; by: "person" | "machine" | "unknown" })
  | (AboutCall & { kind: "call_ended"; reason: EndReason; durationSeconds: number | null })
  | (AboutCall & { kind: "call_incoming"; from: string; to: string })
  | (AboutCall & { kind: "heard"; text: string; isFinal: boolean; confidence: number | null; turnId: string | null })
  /** `turnId` null: of what has been waiting longest. `text` null: all of it was said; empty: nothing was. */
  | (AboutCall & { kind: "speak_ended"; turnId: string | null; text: string | null })
  /** What was being said was cut off; what still had to be said is not said. */
  | (AboutCall & { kind: "interrupted"; spokenUntil: string; heard: string })
  | (AboutCall & { kind: "digits"; digits: string })
  | (AboutCall & { kind: "recorded"; url: string; durationSeconds: number | null })
  | (AboutCall & { kind: "message_status"; status: "sent" | "delivered" | "failed"; reason: string | null })
  | (AboutCall & { kind: "message_incoming"; from: string; to: string; body: string; mediaUrls: string[] });
