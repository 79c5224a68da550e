import type { JsonObject } from "#server/audit/record.ts";
import type { Transaction } from "#server/platform/database.ts";
import type { Context } from "../../context.ts";
import type { ErrorCode } from "../../errors.ts";

export const GATES = ["plan", "number", "consent", "do_not_call", "reassigned", "calling_hours", "frequency"] as const;
export type GateName = (typeof GATES)[number];

export type PhoneChannel = "voice" | "sms";

/** A call or text that somebody wants to make. */
export type GateOrder = {
  channel: PhoneChannel;
  agentId: string;
  /** As the caller wrote it. */
  to: string;
  /** The agent's number that it leaves from, in E.164; null where the agent has none. */
  from: string | null;
  /** Of a call: whose minutes. */
  tier: "basic" | "premium" | null;
  /** Of a text: its segments. */
  segments: number | null;
  /** `consent_source` and `consent_reference` are read of it. */
  metadata: Record<string, unknown> | undefined;
};

/** What one gate says. `facts` are what it looked at, in words and numbers that a person can check. */
export type Verdict = {
  gate: GateName;
  verdict: "allow" | "refuse";
  /** The error that the refusal answers; null where it allows. */
  code: ErrorCode | null;
  detail: string;
  facts: JsonObject;
  /** What the error's details say besides the gate. */
  details?: JsonObject;
};

/** What all gates say, in their order. */
export type GateReport = { allowed: boolean; gates: Verdict[] };

/** What has passed the gates: the number in E.164, the verdicts, and what claimAttempt looks at again. */
export type Passed<Facts> = { to: string; order: GateOrder; report: GateReport; facts: Facts };

/**
 * What calls and texts use (see check.ts).
 *
 * checkGates: what a dry run answers. Asks the carrier's look-up, so never call it inside a transaction.
 * passGates: the same; throws the error of the first gate that refuses, with the event of the refusal. Takes one of the
 * five dials a second.
 * claimAttempt: in the accepting transaction, before anything is written: holds (organisation, number) until its end,
 * looks again at what may have changed since (list, opt-out, revocation, what was dialled, hours), throws as passGates
 * does, and writes the attempt. `resourceId` is the call's or message's id.
 */
export type CheckGates = (ctx: Context, order: GateOrder) => Promise<GateReport>;
export type PassGates<Facts> = (ctx: Context, order: GateOrder) => Promise<Passed<Facts>>;
export type ClaimAttempt<Facts> = (
  tx: Transaction,
  ctx: Context,
  passed: Passed<Facts>,
  resourceId: string,
) => Promise<void>;
