import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { type Context, orgOf } from "../context.ts";
import { id } from "../fields.ts";
import type { Message } from "../messages/schemas.ts";
import { displayNumber } from "../phone/places/number.ts";
import { holderOf } from "../phone-numbers/find.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { getSmsThread } from "./threads.ts";

const SHOWN = 100;

/** A number in E.164, and as people read it. */
export type ShownNumber = { phoneNumber: string; display: string };

/** The agent's number and the other one, as any text between the two says. */
export function endsOf(text: { direction: string; fromAddress: string; toAddress: string }) {
  const [ours, theirs] =
    text.direction === "INBOUND" ? [text.toAddress, text.fromAddress] : [text.fromAddress, text.toAddress];
  return { ours: shown(ours), theirs: shown(theirs) };
}

function shown(phoneNumber: string): ShownNumber {
  return { phoneNumber, display: displayNumber(phoneNumber) };
}

/**
 * One conversation by text, oldest first, as somebody reads it: which number is ours, how theirs stands (opted out, on
 * the do-not-call list), and whether the agent still holds its own. NOT_FOUND.
 */
export const openConversation = verb({
  access: anyKey("phone:read"),
  effect: "read",
  input: z.object({ id }),
  run: async (ctx, input) => {
    const { messages, ...thread } = await getSmsThread(ctx, { id: input.id, limit: SHOWN });
    const newest = messages.at(-1);
    if (!newest) throw new TypeError("a thread begins with its first message");
    const ends = endsOf(newest);
    const holder = await holderOf(reader(ctx), ends.ours.phoneNumber);
    return {
      threadId: thread.threadId,
      agentId: thread.agentId,
      messageCount: thread.messageCount,
      ...ends,
      isOursHeld: holder?.orgId === orgOf(ctx) && holder.agentId === thread.agentId,
      standing: await standingOf(ctx, ends.theirs.phoneNumber),
      texts: messages.map(toText),
    };
  },
});

export type Conversation = Awaited<ReturnType<typeof openConversation>>;
export type Text = Conversation["texts"][number];

/** What the person, or the organisation's list, has said of a number. */
async function standingOf(ctx: Context, phoneNumber: string) {
  const where = { orgId_phoneNumber: { orgId: orgOf(ctx), phoneNumber } };
  const db = reader(ctx);
  const optedOut = await db.optOut.findUnique({ where });
  const listed = await db.doNotCall.findUnique({ where });
  const heard = await db.stopHeard.findFirst({
    where: { orgId: orgOf(ctx), phoneNumber, settledAt: null },
    orderBy: { id: "desc" },
  });
  return {
    optedOut: optedOut && {
      since: optedOut.createdAt.toISOString(),
      channel: optedOut.channel,
      word: optedOut.word,
    },
    listed: listed && { since: listed.createdAt.toISOString(), source: listed.source },
    /** Sounds like "stop", and waits for the operator. It refuses nothing yet. */
    heard: heard && { since: heard.heardAt.toISOString(), words: heard.words },
  };
}

function toText(message: Message) {
  const { mediaUrls, answers } = message.metadata as { mediaUrls?: string[]; answers?: string };
  return {
    id: message.id,
    direction: message.direction,
    body: message.body,
    mediaUrls: mediaUrls ?? [],
    status: message.status,
    /** Ours, or the carrier's code. */
    statusReason: message.statusReason,
    segments: message.segments ?? 1,
    /** The keyword that this text answers by itself; null for what somebody wrote. */
    answers: answers ?? null,
    correlationId: message.correlationId,
    createdAt: message.createdAt,
  };
}
