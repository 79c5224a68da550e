import type { Attachment } from "#server/platform/generated/client.ts";
import { type Context, orgOf } from "../context.ts";
import { reader } from "../transaction.ts";

/** The attachments of messages, in the order in which they were stored, by message. */
export async function attachmentsOf(ctx: Context, messageIds: string[]): Promise<Map<string, Attachment[]>> {
  if (messageIds.length === 0) return new Map();
  const rows = await reader(ctx).attachment.findMany({
    where: { orgId: orgOf(ctx), messageId: { in: messageIds } },
    orderBy: { id: "asc" },
  });
  return Map.groupBy(rows, (row) => row.messageId);
}
