import type { Attachment } from "#server/platform/generated/client.ts";
import { type Context, orgOf } from "../context.ts";
import { DomainError, notFound } from "../errors.ts";
import { findMessage } from "../messages/get.ts";
import { reader } from "../transaction.ts";

/** An attachment of a message that the key may see. NOT_FOUND. */
export async function findAttachment(ctx: Context, id: string): Promise<Attachment> {
  const row = await reader(ctx).attachment.findUnique({ where: { orgId_id: { orgId: orgOf(ctx), id } } });
  if (!row) throw notFound("attachment");
  await findMessage(ctx, row.messageId).catch((error: unknown) => {
    throw error instanceof DomainError && error.code === "NOT_FOUND" ? notFound("attachment") : error;
  });
  return row;
}
