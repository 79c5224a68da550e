import type { Message } from "#server/domain/messages/schemas.ts";
import { unsuppressSms } from "#server/domain/phone/opt-outs/lift.ts";
import { playInboundSms } from "#server/domain/sandbox/play.ts";
import { openConversation } from "#server/domain/sms/conversation.ts";
import { listConversations } from "#server/domain/sms/conversations.ts";
import { sendSms, type TextReport } from "#server/domain/sms/send.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";
import { onceByForm } from "../once-by-form.ts";

/** The verb answers both: what was sent, and with `dry_run` what the gates say. */
const toReport = (answer: Message | TextReport) => ("gates" in answer ? answer : null);
const toSent = (answer: Message | TextReport) =>
  "gates" in answer ? null : { id: answer.id, threadId: answer.threadId };

/** Texts as the console shows them: its writes are the verbs of the REST API. */
export const textsRouter = router({
  list: signedInProcedure
    .input(inputOf(listConversations))
    .query(({ ctx, input }) => listConversations(ctx.action, input)),
  thread: signedInProcedure
    .input(inputOf(openConversation))
    .query(({ ctx, input }) => openConversation(ctx.action, input)),
  /** What every gate says of a text. A mutation, since it asks the carrier. */
  check: signedInProcedure
    .input(inputOf(sendSms))
    .mutation(async ({ ctx, input }) => toReport(await sendSms(ctx.action, { ...input, dry_run: true }))),
  send: onceByForm("text", sendSms, toSent),
  /** Lifts an opt-out, when the person has changed their mind. */
  lift: signedInProcedure.input(inputOf(unsuppressSms)).mutation(({ ctx, input }) => unsuppressSms(ctx.action, input)),
  /** In the sandbox: the other side writes. */
  playInbound: signedInProcedure
    .input(inputOf(playInboundSms))
    .mutation(({ ctx, input }) => playInboundSms(ctx.action, input)),
});
