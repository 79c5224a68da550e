import { z } from "zod";
import type { Inbox as Row } from "#server/platform/generated/client.ts";

export const Inbox = z
  .object({
    id: z.string(),
    email: z.string(),
    domain: z.string(),
    localPart: z.string(),
    displayName: z.string().nullable(),
    agentId: z.string().nullable().describe("The agent it belongs to; null: to none."),
    createdAt: z.string(),
  })
  .meta({ id: "Inbox" });
export type Inbox = z.infer<typeof Inbox>;

/** An inbox as the API answers it. */
export function toInbox(row: Row): Inbox {
  return {
    id: row.id,
    email: row.email,
    domain: row.domain,
    localPart: row.localPart,
    displayName: row.displayName,
    agentId: row.agentId,
    createdAt: row.createdAt.toISOString(),
  };
}
