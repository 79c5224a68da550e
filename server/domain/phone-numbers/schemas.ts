import { z } from "zod";
import type { PhoneNumber as Row } from "#server/platform/generated/client.ts";
import type { NumberCapability } from "../phone/carrier.ts";

export const NUMBER_CAPABILITIES = ["sms", "mms", "voice"] as const;
export const NUMBER_TYPES = ["local", "toll_free", "mobile"] as const;

const Capabilities = z.object({ sms: z.boolean(), mms: z.boolean(), voice: z.boolean() });

export const PhoneIdentity = z
  .object({
    id: z.string(),
    agentId: z.string(),
    phoneNumber: z.string().describe("E.164"),
    countryCode: z.string(),
    numberType: z.enum(NUMBER_TYPES),
    provider: z.string().describe("The carrier: SANDBOX, TWILIO or TELNYX."),
    providerId: z.string().nullable(),
    capabilities: Capabilities,
    tenDlcStatus: z
      .enum(["NOT_REQUIRED", "UNREGISTERED"])
      .describe(
        "UNREGISTERED where texts want a campaign with the carrier; this server cannot see whether there is one.",
      ),
    isPrimary: z.boolean().describe("The one that is called and texted from where none is named."),
    createdAt: z.string(),
  })
  .meta({ id: "PhoneIdentity" });
export type PhoneIdentity = z.infer<typeof PhoneIdentity>;

export const AvailableNumber = z
  .object({
    phoneNumber: z.string(),
    region: z.string().nullable(),
    numberType: z.enum(NUMBER_TYPES),
    capabilities: Capabilities,
    monthlyCost: z.number().describe("What the organisation pays for it a month, in units of its currency."),
  })
  .meta({ id: "AvailableNumber" });

export function toCapabilities(list: readonly string[]): z.infer<typeof Capabilities> {
  const has = (name: NumberCapability) => list.includes(name);
  return { sms: has("sms"), mms: has("mms"), voice: has("voice") };
}

/** A number as the API answers it. */
export function toPhoneIdentity(row: Row, isPrimary: boolean): PhoneIdentity {
  return {
    id: row.id,
    agentId: row.agentId,
    phoneNumber: row.phoneNumber,
    countryCode: row.countryCode,
    numberType: row.numberType as PhoneIdentity["numberType"],
    provider: row.carrier.toUpperCase(),
    providerId: row.providerId,
    capabilities: toCapabilities(row.capabilities),
    tenDlcStatus: row.carrier === "sandbox" || row.countryCode !== "US" ? "NOT_REQUIRED" : "UNREGISTERED",
    isPrimary,
    createdAt: row.createdAt.toISOString(),
  };
}

/** Numbers of which the first of each agent is its primary: in the order of heldNumbers. */
export function toPhoneIdentities(rows: readonly Row[]): PhoneIdentity[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const isPrimary = !seen.has(row.agentId);
    seen.add(row.agentId);
    return toPhoneIdentity(row, isPrimary);
  });
}
