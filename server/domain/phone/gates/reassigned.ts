import type { Gate } from "./facts.ts";
import { allow, refuse } from "./verdict.ts";

const DAY_MS = 86_400_000;

/**
 * Whether the number still is the person's who consented (47 CFR 64.1200(m)). What the carrier cannot say refuses, so
 * that no failure waves anybody through. NUMBER_REASSIGNED; SERVICE_UNAVAILABLE where the look-up failed.
 */
export const reassigned: Gate = (_order, { lookUp, consent, rules }, now) => {
  if (lookUp.answer === null) {
    const { failed } = lookUp;
    if (failed === null) return refuse("reassigned", "DESTINATION_NOT_ALLOWED", "There is no number to ask about.", {});
    const detail = `Whether the number changed hands could not be asked: ${failed}.`;
    return refuse("reassigned", "SERVICE_UNAVAILABLE", detail, { failed });
  }
  const { answer } = lookUp;
  const facts = {
    reassigned: answer.reassigned,
    since: answer.since.toISOString(),
    askedAt: answer.askedAt.toISOString(),
    lineType: answer.lineType,
    ported: answer.ported,
    consentRecordAt: consent.record?.givenAt.toISOString() ?? null,
    noDataConsentDays: rules.noDataConsentDays,
  };
  if (answer.reassigned === "yes") {
    const detail = `The number has changed hands since ${facts.since}: whoever has it now did not consent.`;
    return refuse("reassigned", "NUMBER_REASSIGNED", detail, facts, { reason: "reassigned", since: facts.since });
  }
  if (answer.reassigned === "no") return allow("reassigned", `Not reassigned since ${facts.since}.`, facts);
  const age = consent.record ? (now.getTime() - consent.record.givenAt.getTime()) / DAY_MS : null;
  if (age !== null && age < rules.noDataConsentDays) {
    return allow("reassigned", "Nobody knows, but the consent on record is young enough.", facts);
  }
  const detail = `Nobody knows whether the number changed hands, and no consent record of it is younger than ${rules.noDataConsentDays} days.`;
  return refuse("reassigned", "NUMBER_REASSIGNED", detail, facts, { reason: "no_data", since: facts.since });
};
