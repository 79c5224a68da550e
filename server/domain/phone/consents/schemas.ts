import { z } from "zod";
import type { Consent as Row } from "#server/platform/generated/client.ts";
import { CONSENT_SOURCE_NAMES } from "../law/consent-sources.ts";

export const consentSource = z
  .enum(CONSENT_SOURCE_NAMES, `must be one of ${CONSENT_SOURCE_NAMES.join(", ")}.`)
  .describe("On what the consent rests.");

export const Consent = z
  .object({
    id: z.string(),
    phoneNumber: z.string(),
    source: z.string(),
    evidence: z.string(),
    reference: z.string().nullable(),
    channels: z.array(z.string()),
    givenAt: z.string(),
    createdAt: z.string(),
    revokedAt: z.string().nullable(),
    revokedBy: z.string().nullable().describe("How it was taken back."),
  })
  .meta({ id: "Consent" });
export type Consent = z.infer<typeof Consent>;

export function toConsent(row: Row): Consent {
  return {
    id: row.id,
    phoneNumber: row.phoneNumber,
    source: row.source,
    evidence: row.evidence,
    reference: row.reference,
    channels: row.channels,
    givenAt: row.givenAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
    revokedBy: row.revokedBy,
  };
}
