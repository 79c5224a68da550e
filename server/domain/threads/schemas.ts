import { z } from "zod";
import type { Thread as Row } from "#server/platform/generated/client.ts";
import { DIRECTIONS, MESSAGE_CHANNELS, Message } from "../messages/schemas.ts";

const Thread = z
  .object({
    threadId: z.string(),
    agentId: z.string(),
    channel: z.enum(MESSAGE_CHANNELS),
    subject: z.string().nullable(),
    participants: z.array(z.string()).describe("From and To; Cc and Bcc are not participants."),
    messageCount: z.int(),
    lastMessageAt: z.string(),
    lastMessageSnippet: z.string().describe("The first 140 characters of the last message."),
    lastMessageDirection: z.enum(DIRECTIONS),
  })
  .meta({ id: "Thread" });

export const ThreadWithMessages = Thread.extend({
  messages: z
    .array(Message)
    .describe(
      "The newest, oldest first, spam included: 100, or fewer where they are very long. Older ones: GET /v1/messages?threadId=.",
    ),
}).meta({ id: "ThreadWithMessages" });

export const ThreadPage = z
  .object({
    items: z.array(Thread),
    pagination: z.object({
      limit: z.int(),
      offset: z.int(),
      hasMore: z.boolean(),
      nextCursor: z.null().describe("Always null: this list is read by offset."),
    }),
  })
  .meta({ id: "ThreadPage" });

/** A thread as the API answers it. */
export function toThread(row: Row): z.infer<typeof Thread> {
  return {
    threadId: row.id,
    agentId: row.agentId,
    channel: row.channel as z.infer<typeof Thread>["channel"],
    subject: row.subject,
    participants: row.participants,
    messageCount: row.messageCount,
    lastMessageAt: row.lastMessageAt.toISOString(),
    lastMessageSnippet: row.lastMessageSnippet,
    lastMessageDirection: row.lastMessageDirection as z.infer<typeof Thread>["lastMessageDirection"],
  };
}
