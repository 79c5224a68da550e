import { z } from "zod";
import type { DoNotCall as Row } from "#server/platform/generated/client.ts";

export const DoNotCallEntry = z
  .object({
    phoneNumber: z.string(),
    source: z.string().describe("ADDED or IMPORTED"),
    reason: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: "DoNotCallEntry" });

export function toEntry(row: Row): z.infer<typeof DoNotCallEntry> {
  return {
    phoneNumber: row.phoneNumber,
    source: row.source,
    reason: row.reason,
    createdAt: row.createdAt.toISOString(),
  };
}
