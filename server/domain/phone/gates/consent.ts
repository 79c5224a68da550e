import { CONSENT_SOURCE_NAMES, isConsentSource } from "../law/consent-sources.ts";
import type { Gate } from "./facts.ts";
import type { GateOrder } from "./types.ts";
import { allow, refuse } from "./verdict.ts";

const RECORD_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** The consent record that an order names; null where its reference is the caller's own, or none. */
export function namedRecord(order: GateOrder): string | null {
  const reference = order.metadata?.consent_reference;
  return typeof reference === "string" && RECORD_ID.test(reference) ? reference : null;
}

/** Whether the person agreed to it. A consent that was taken back beats whatever is asserted. CONSENT_REQUIRED. */
export const consent: Gate = (order, { consent: { record, revokedAt } }) => {
  const source = order.metadata?.consent_source;
  const reference = order.metadata?.consent_reference;
  const facts = {
    asserted: typeof source === "string" ? source.slice(0, 100) : null,
    reference: typeof reference === "string" ? reference.slice(0, 200) : null,
    record: record && { id: record.id, source: record.source, givenAt: record.givenAt.toISOString() },
    revokedAt: revokedAt?.toISOString() ?? null,
  };
  const no = (detail: string) =>
    refuse("consent", "CONSENT_REQUIRED", detail, facts, {
      field: "metadata.consent_source",
      allowed: [...CONSENT_SOURCE_NAMES],
    });
  if (record) {
    if (record.channels.includes(order.channel))
      return allow("consent", `On record since ${facts.record?.givenAt}.`, facts);
    return no(`The consent on record is not for ${order.channel}.`);
  }
  if (namedRecord(order)) return no("metadata.consent_reference names no consent record of this number that stands.");
  if (revokedAt)
    return no(`The person took consent back at ${facts.revokedAt}; only a newer consent record lifts that.`);
  if (isConsentSource(source)) return allow("consent", `Asserted: ${source}.`, facts);
  return no(
    source === undefined
      ? "metadata.consent_source is missing: on what does this call or text rest?"
      : "metadata.consent_source is not one of the known values.",
  );
};
