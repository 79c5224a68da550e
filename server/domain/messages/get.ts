import { z } from "zod";
import type { Message as MessageRow } from "#server/platform/generated/client.ts";
import { resolveAgentId } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { notFound } from "../errors.ts";
import { id } from "../fields.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { presentMessages } from "./page.ts";
import type { Message } from "./schemas.ts";

/** A message that the key may see. NOT_FOUND. */
export async function findMessage(ctx: Context, messageId: string, channel?: "EMAIL"): Promise<MessageRow> {
  const agentId = resolveAgentId(ctx, undefined);
  const row = await reader(ctx).message.findUnique({ where: { orgId_id: { orgId: orgOf(ctx), id: messageId } } });
  const visible = row && (agentId === undefined || row.agentId === agentId);
  if (!visible || (channel !== undefined && row.channel !== channel)) throw notFound("message");
  return row;
}

/** One message as the API answers it. */
export async function presentMessage(ctx: Context, row: MessageRow): Promise<Message> {
  const [message] = await presentMessages(ctx, [row]);
  return message as Message;
}

/** One message of any channel. NOT_FOUND. */
export const getMessage = verb({
  access: anyKey("messages:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => presentMessage(ctx, await findMessage(ctx, input.id)),
});

/** One mail. NOT_FOUND. */
export const getEmail = verb({
  access: anyKey("email:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => presentMessage(ctx, await findMessage(ctx, input.id, "EMAIL")),
});
