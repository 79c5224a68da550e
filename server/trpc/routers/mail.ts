import { forwardEmail } from "#server/domain/email/forward.ts";
import { replyToEmail } from "#server/domain/email/reply.ts";
import { sendEmail } from "#server/domain/email/send.ts";
import { listMailbox } from "#server/domain/mailbox/list.ts";
import { openThread } from "#server/domain/mailbox/open-thread.ts";
import { mailboxOverview } from "#server/domain/mailbox/overview.ts";
import { readMail } from "#server/domain/mailbox/read-mail.ts";
import { readMailSource } from "#server/domain/mailbox/source.ts";
import { toSummary } from "#server/domain/mailbox/summary.ts";
import { updateLabels } from "#server/domain/messages/update-labels.ts";
import { inputOf, router, signedInProcedure } from "../init.ts";
import { onceByForm } from "../once-by-form.ts";

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
  send: onceByForm("send", sendEmail, toSummary),
  reply: onceByForm("reply", replyToEmail, toSummary),
  forward: onceByForm("forward", forwardEmail, toSummary),
});
