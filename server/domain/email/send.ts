import type { z } from "zod";
import { ID_PATTERN } from "#server/platform/ids.ts";
import { resolveAgent } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { type Context, inheritCorrelation } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { invalidField, notFound } from "../errors.ts";
import type { Message } from "../messages/schemas.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { checkCustomHeaders } from "./custom-headers.ts";
import { acceptOutgoing, type OutgoingDraft } from "./outgoing.ts";
import { SendEmailInput } from "./schemas.ts";
import { bareMessageId, findByMessageId } from "./thread.ts";

/**
 * Sends a mail from an agent's inbox. Answers as soon as it is safely ours; delivery follows.
 * See acceptOutgoing for the errors.
 */
export const sendEmail = verb({
  access: anyKey("email:send"),
  input: SendEmailInput,
  run: async (ctx, input): Promise<Message> => {
    const agent = await resolveAgent(ctx, input.agentId);
    if (input.fromIdentityId !== undefined && input.fromIdentityId !== agent.inbox?.id) throw notFound("inbox");
    const problem = checkCustomHeaders(input.headers ?? {});
    if (problem) throw invalidField(`headers.${problem.header}`, `${problem.reason}.`);
    const thread = await threadOf(ctx, agent, input);
    return acceptOutgoing(ctx, agent, {
      to: input.to,
      cc: input.cc ?? [],
      bcc: input.bcc ?? [],
      subject: input.subject,
      body: input.body,
      bodyHtml: input.bodyHtml ?? null,
      headers: input.headers ?? {},
      metadata: input.metadata ?? {},
      attachments: input.attachments ?? [],
      copied: [],
      ...thread,
    });
  },
});

/** Joins the thread and the chain of the message that is answered, where we know it. */
async function threadOf(
  ctx: Context,
  agent: AgentProfile,
  input: z.output<typeof SendEmailInput>,
): Promise<Pick<OutgoingDraft, "inReplyTo" | "references" | "parent">> {
  const references = (input.references ?? []).map(bareMessageId);
  if (!input.inReplyTo && references.length === 0) return { inReplyTo: null, references: [], parent: null };
  const answered = input.inReplyTo ? await answeredBy(ctx, agent, input.inReplyTo) : null;
  const named = answered?.messageId ?? null;
  const parent =
    answered?.message ??
    (await findByMessageId(reader(ctx), agent.orgId, agent.agentId, [
      ...(named ? [named] : []),
      ...references.toReversed(),
    ]));
  if (parent) inheritCorrelation(ctx, parent.correlationId);
  const ancestors = references.length > 0 || !parent ? references : parent.references;
  return {
    inReplyTo: named,
    references: [...new Set([...ancestors, ...(named ? [named] : [])])],
    parent: parent && { threadId: parent.threadId, eventId: parent.eventId },
  };
}

/** What `inReplyTo` names: a mail here by its id, which may have no Message-ID, or a Message-ID, of whatever mail. */
async function answeredBy(ctx: Context, agent: AgentProfile, inReplyTo: string) {
  if (!ID_PATTERN.test(inReplyTo)) {
    const messageId = bareMessageId(inReplyTo);
    if (!/^[\x21-\x3b\x3d\x3f-\x7e]+@[\x21-\x3b\x3d\x3f-\x7e]+$/.test(messageId)) {
      throw invalidField("inReplyTo", "is neither a Message-ID nor the id of a message here.");
    }
    return { messageId, message: null };
  }
  const message = await reader(ctx).message.findUnique({
    where: { orgId_id: { orgId: agent.orgId, id: inReplyTo }, agentId: agent.agentId, channel: "EMAIL" },
    select: { threadId: true, eventId: true, correlationId: true, externalId: true, references: true },
  });
  if (!message) throw notFound("message to reply to");
  return { messageId: message.externalId, message };
}
