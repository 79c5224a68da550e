import { z } from "zod";
import { anyKey } from "../authorise.ts";
import { inheritCorrelation } from "../context.ts";
import { flag, id, listOf } from "../fields.ts";
import type { Message } from "../messages/schemas.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { MAX_RECIPIENTS } from "./limits.ts";
import { acceptOutgoing } from "./outgoing.ts";
import { asHtml, forwardedHtml, forwardedText } from "./quote.ts";
import { findOriginal, withPrefix } from "./reply.ts";
import { mailAddress, mailContent } from "./schemas.ts";

const ForwardInput = z.object({
  ...mailContent,
  id,
  to: listOf(mailAddress, MAX_RECIPIENTS).refine((list) => list.length > 0, "must name at least one recipient."),
  body: mailContent.body.default("").describe("What stands above the original."),
  includeAttachments: flag.default(true),
  quoteOriginal: flag.default(true).describe("Put the original below the body."),
});

/** Passes a mail of the agent's on, in the same chain but in a thread of its own. See acceptOutgoing for the errors. */
export const forwardEmail = verb({
  access: anyKey("email:send"),
  input: ForwardInput,
  run: async (ctx, input): Promise<Message> => {
    const { agent, original } = await findOriginal(ctx, input.id, input.agentId);
    inheritCorrelation(ctx, original.correlationId);
    const copied = input.includeAttachments
      ? await reader(ctx).attachment.findMany({
          where: { orgId: original.orgId, messageId: original.id },
          select: { filename: true, mimeType: true, sizeBytes: true, contentId: true, storageKey: true },
        })
      : [];
    const text = input.quoteOriginal ? `${input.body}\n\n${forwardedText(original)}`.trimStart() : input.body;
    // Who reads HTML does not see the text beside it: what the caller wrote stands in both.
    const html = input.bodyHtml || (original.bodyHtml && input.quoteOriginal ? asHtml(input.body) : null);
    return acceptOutgoing(ctx, agent, {
      to: input.to,
      cc: input.cc ?? [],
      bcc: input.bcc ?? [],
      subject: withPrefix("Fwd:", original.subject),
      body: text,
      bodyHtml: html === null ? null : html + (input.quoteOriginal ? forwardedHtml(original) : ""),
      headers: {},
      metadata: input.metadata ?? {},
      attachments: input.attachments ?? [],
      copied,
      inReplyTo: null,
      references: original.externalId ? [original.externalId] : [],
      parent: { threadId: null, eventId: original.eventId },
    });
  },
});
