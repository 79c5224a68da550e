import { z } from "zod";
import { resolveAgentId } from "../agents/resolve.ts";
import type { Context } from "../context.ts";
import { flag, id, instant, listOf } from "../fields.ts";
import type { MessageFilter } from "./conditions.ts";
import { Label } from "./labels.ts";
import { DIRECTIONS, MESSAGE_CHANNELS, MESSAGE_STATUSES } from "./schemas.ts";

export const address = z.string().trim().min(1).max(320);

/** The filters that every list of messages takes. */
export const MessageFilterInput = z.object({
  agentId: id.optional(),
  channel: z.enum(MESSAGE_CHANNELS).optional(),
  channels: listOf(z.enum(MESSAGE_CHANNELS), MESSAGE_CHANNELS.length).optional(),
  dateRange: z
    .object({ from: instant.optional(), to: instant.optional() })
    .optional()
    .describe("When the message was stored; both ends included."),
  direction: z.enum(DIRECTIONS).optional(),
  fromAddress: address.optional(),
  inboxId: address.optional().describe("The id of an inbox, or its address."),
  includeSpam: flag.default(false).describe("Messages with the label spam are left out otherwise."),
  labels: listOf(Label, 20).optional().describe("Only messages that have all of them."),
  status: z.enum(MESSAGE_STATUSES).optional(),
  threadId: id.optional(),
  toAddress: address.optional(),
});

/** What the caller asked for, narrowed to what the key may see. NOT_FOUND when an agent's key names another agent. */
export function toFilter(ctx: Context, input: z.output<typeof MessageFilterInput>): MessageFilter {
  const { channel, channels = MESSAGE_CHANNELS } = input;
  const narrowed = channel === undefined ? channels : channels.filter((each) => each === channel);
  return {
    agentId: resolveAgentId(ctx, input.agentId),
    channels: narrowed.length === MESSAGE_CHANNELS.length ? undefined : narrowed,
    direction: input.direction,
    status: input.status,
    threadId: input.threadId,
    inbox: input.inboxId,
    fromAddress: input.fromAddress,
    toAddress: input.toAddress,
    labels: input.labels,
    includeSpam: input.includeSpam,
    from: input.dateRange?.from,
    to: input.dateRange?.to,
  };
}
