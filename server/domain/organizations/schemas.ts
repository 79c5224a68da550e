import { z } from "zod";
import type { Organization as Row } from "#server/platform/generated/client.ts";
import { TIERS } from "#server/platform/tiers.ts";

export const Organization = z
  .object({
    id: z.string(),
    name: z.string(),
    slug: z.string(),
    tier: z.enum(TIERS),
    status: z.enum(["ACTIVE", "STOPPED"]).describe("STOPPED: none of its agents acts."),
    timeZone: z.string().describe("Whose days and months usage and caps are counted by."),
    clerkOrgId: z.null().describe("Always null; existing clients expect the member."),
    masterKey: z
      .string()
      .describe("Always empty; existing clients expect the member. The key is shown once, when it is made."),
    settings: z.record(z.string(), z.unknown()),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: "Organization" });

export const RotatedMasterKey = z
  .object({ masterKey: z.string().describe("The new master key. It is shown this once.") })
  .meta({ id: "RotatedMasterKey" });

/** An organisation as the API answers it. */
export function toOrganization(row: Row): z.infer<typeof Organization> {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    tier: row.tier as z.infer<typeof Organization>["tier"],
    status: row.status as z.infer<typeof Organization>["status"],
    timeZone: row.timeZone,
    clerkOrgId: null,
    masterKey: "",
    settings: row.settings as Record<string, unknown>,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
