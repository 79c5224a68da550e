import type { z } from "zod";
import { forwardEmail } from "#server/domain/email/forward.ts";
import { replyToEmail } from "#server/domain/email/reply.ts";
import { sendEmail } from "#server/domain/email/send.ts";
import { listMailbox } from "#server/domain/mailbox/list.ts";
import { openThread } from "#server/domain/mailbox/open-thread.ts";
import { mailboxOverview } from "#server/domain/mailbox/overview.ts";
import { readMail } from "#server/domain/mailbox/read-mail.ts";
import { readMailSource } from "#server/domain/mailbox/source.ts";
import { toSummary } from "#server/domain/mailbox/summary.ts";
import type { Message } from "#server/domain/messages/schemas.ts";
import { updateLabels } from "#server/domain/messages/update-labels.ts";
import type { Verb } from "#server/domain/verb.ts";
import { actOnce } from "../act-once.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";

/** A verb that sends, called by a form. */
function sending<Input extends z.ZodType>(name: string, verb: Verb<Input, Message>) {
  return signedInProcedure
    .input((value: unknown) => (value ?? {}) as { formId: string; mail: z.input<Input> })
    .mutation(async ({ ctx, input: { formId, mail } }) =>
      toSummary(await actOnce(ctx.action, verb, { name, formId, asked: mail })),
    );
}

/** Mail as the console shows it: its reads are made of the verbs of the REST API, its writes are those verbs. */
export const mailRouter = router({
  list: signedInProcedure.input(inputOf(listMailbox)).query(({ ctx, input }) => listMailbox(ctx.action, input)),
  overview: signedInProcedure
    .input(inputOf(mailboxOverview))
    .query(({ ctx, input }) => mailboxOverview(ctx.action, input)),
  thread: signedInProcedure.input(inputOf(openThread)).query(({ ctx, input }) => openThread(ctx.action, input)),
  read: signedInProcedure.input(inputOf(readMail)).query(({ ctx, input }) => readMail(ctx.action, input)),
  source: signedInProcedure.input(inputOf(readMailSource)).query(({ ctx, input }) => readMailSource(ctx.action, input)),
  label: signedInProcedure
    .input(inputOf(updateLabels))
    .mutation(async ({ ctx, input }) => toSummary(await updateLabels(ctx.action, input))),
  send: sending("send", sendEmail),
  reply: sending("reply", replyToEmail),
  forward: sending("forward", forwardEmail),
});
