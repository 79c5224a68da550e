import type { Tier } from "#server/platform/tiers.ts";
import type { ErrorCode, ErrorDetails } from "../../errors.ts";
import type { LookUp } from "../carrier.ts";
import type { ParsedNumber } from "../places/number.ts";
import type { CallingRules } from "../rules/schemas.ts";
import type { GateOrder, Verdict } from "./types.ts";

/** A consent record of the number. */
export type ConsentFact = { id: string; source: string; givenAt: Date; channels: readonly string[] };

/** What the gates look at, besides the order and the time. They ask nobody themselves. */
export type Facts = {
  plan: {
    tier: Tier;
    /** What it allows a month of what the order uses; null: no limit. */
    quota: number | null;
    remediation: ErrorDetails;
  };
  number: ParsedNumber;
  /** Countries that may be called. */
  countries: readonly string[];
  consent: {
    /** The newest record that stands, of the order's channel if there is one; with a reference to one of ours, that one. */
    record: ConsentFact | null;
    /** When the person took consent back, the last time. */
    revokedAt: Date | null;
  };
  doNotCall: {
    listed: { since: Date; source: string } | null;
    optedOut: { since: Date; channel: string; word: string | null } | null;
  };
  /** What the carrier said of the number since a date; null: it was not asked, since there is no number to ask about. */
  lookUp: { answer: LookUp & { askedAt: Date; since: Date } } | { answer: null; failed: string | null };
  /** Where the person is, as the organisation knows it. */
  location: { state: string | null; timeZone: string | null } | null;
  rules: CallingRules;
  frequency: {
    /** Accepted for this number and channel in the last 24 hours, newest first, no more than decide. */
    attempts: readonly Date[];
    /** The organisation's dials of this second, where one was taken. */
    dials: { limit: number; exceeded: boolean; resetSeconds: number } | null;
    /** What a cap or the plan would refuse. */
    spend: { code: ErrorCode; detail: string; details: ErrorDetails } | null;
  };
};

/** A gate: decides by what it is given and nothing else. */
export type Gate = (order: GateOrder, facts: Facts, now: Date) => Verdict;
