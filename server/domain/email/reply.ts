import { z } from "zod";
import type { Message as MessageRow } from "#server/platform/generated/client.ts";
import { resolveAgent } from "../agents/resolve.ts";
import { anyKey } from "../authorise.ts";
import { type Context, inheritCorrelation, orgOf } from "../context.ts";
import type { AgentProfile } from "../directory.ts";
import { invalidField, notFound } from "../errors.ts";
import { flag, id } from "../fields.ts";
import type { Message } from "../messages/schemas.ts";
import { reader } from "../transaction.ts";
import { verb } from "../verb.ts";
import { parseAddress } from "./addresses.ts";
import { MAX_SUBJECT } from "./limits.ts";
import { acceptOutgoing } from "./outgoing.ts";
import { quoteHtml, quoteText } from "./quote.ts";
import { mailContent } from "./schemas.ts";

const ReplyInput = z.object({
  ...mailContent,
  id,
  replyAll: flag.default(false).describe("Also to everybody else in To and Cc."),
  quoteOriginal: flag.default(false).describe("Put the original below the answer."),
});

/** Answers a mail of the agent's: same thread, same chain. See acceptOutgoing for the errors. */
export const replyToEmail = verb({
  access: anyKey("email:send"),
  input: ReplyInput,
  run: async (ctx, input): Promise<Message> => {
    const { agent, original } = await findOriginal(ctx, input.id, input.agentId);
    inheritCorrelation(ctx, original.correlationId);
    const isOwn = (address: string) => address.toLowerCase() === agent.inbox?.email;
    const sender = deliverable(original.direction === "INBOUND" ? replyAddress(original) : original.to);
    const others = input.replyAll
      ? deliverable([...original.to, ...original.cc]).filter((address) => !sender.includes(address))
      : [];
    const to = sender.filter((address) => !isOwn(address) || original.direction === "OUTBOUND");
    if (to.length === 0) throw invalidField("id", "the original has no address that can be answered.");
    const cc = [...(input.cc ?? []), ...others.filter((address) => !isOwn(address))];
    return acceptOutgoing(ctx, agent, {
      to,
      cc: [...new Set(cc)],
      bcc: input.bcc ?? [],
      subject: withPrefix("Re:", original.subject),
      body: input.quoteOriginal ? `${input.body}\n\n${quoteText(original)}` : input.body,
      bodyHtml: input.bodyHtml ? input.bodyHtml + (input.quoteOriginal ? quoteHtml(original) : "") : null,
      headers: {},
      metadata: input.metadata ?? {},
      attachments: input.attachments ?? [],
      copied: [],
      inReplyTo: original.externalId,
      references: [...original.references, ...(original.externalId ? [original.externalId] : [])],
      parent: { threadId: original.threadId, eventId: original.eventId },
    });
  },
});

/** The mail that is answered or passed on. NOT_FOUND unless it is one of the agent's. */
export async function findOriginal(
  ctx: Context,
  messageId: string,
  agentId: string | undefined,
): Promise<{ agent: AgentProfile; original: MessageRow }> {
  const original = await reader(ctx).message.findUnique({ where: { orgId_id: { orgId: orgOf(ctx), id: messageId } } });
  if (original?.channel !== "EMAIL") throw notFound("message");
  if (agentId !== undefined && agentId !== original.agentId) throw notFound("message");
  if (ctx.principal.kind === "agent" && ctx.principal.agentId !== original.agentId) throw notFound("message");
  return { agent: await resolveAgent(ctx, original.agentId), original };
}

/** Addresses of a foreign mail as we send to them. What we cannot send to (quoted local parts, literals) is left out. */
function deliverable(addresses: string[]): string[] {
  return addresses.map((address) => parseAddress(address)?.address).filter((address) => address !== undefined);
}

/** A stranger wrote it: longer than any address with a name, and the expressions below take time by its square. */
const MAX_REPLY_TO_LENGTH = 1_000;

/** Reply-To where the sender set one (RFC 5322 section 3.6.2), else From. */
function replyAddress(original: MessageRow): string[] {
  const header = (original.headers as Record<string, string>)["reply-to"]?.slice(0, MAX_REPLY_TO_LENGTH);
  const address = header?.match(/<([^<>\s]+@[^<>\s]+)>/)?.[1] ?? header?.match(/^\s*([^<>\s,;]+@[^<>\s,;]+)\s*$/)?.[1];
  return [address ?? original.fromAddress];
}

/** `Re: ` or `Fwd: ` once, whatever the original's subject begins with; no longer than the subject of a mail may be. */
export function withPrefix(prefix: "Re:" | "Fwd:", subject: string | null): string {
  const text = subject ?? "";
  const prefixed = text.toLowerCase().startsWith(prefix.toLowerCase()) ? text : `${prefix} ${text}`;
  const cut = prefixed.slice(0, MAX_SUBJECT).trimEnd();
  // Half a character cannot be logged.
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
