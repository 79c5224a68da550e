import { signInCodeOf } from "#server/domain/console/sign-in-code.ts";
import type { Services } from "#server/domain/context.ts";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { findPersonByEmail } from "#server/domain/people/find.ts";
import { recordForPerson } from "#server/domain/people/record.ts";
import { openTransaction } from "#server/domain/transaction.ts";
import { sendSystemMail } from "./system-mail.ts";

/**
 * Mails a sign-in code, where the address that asked for it is somebody's. The code is derived when the mail is written,
 * so it stands neither in the database nor in the queue. Rejects when the mail was not taken: the queue tries again.
 */
export async function mailSignInCode(
  services: Services,
  gateway: MailGateway,
  job: { codeId: string; correlationId: string },
): Promise<void> {
  const { prisma } = services.db;
  const code = await prisma.signInCode.findUnique({ where: { id: job.codeId } });
  const now = services.clock.now();
  if (!code || code.closedAt || code.mailedAt || code.expiresAt <= now) return;
  const person = await findPersonByEmail(prisma, code.email);
  if (!person) return;

  const { publicUrl } = services.config;
  const outcome = await sendSystemMail(services, gateway, {
    id: code.id,
    date: now,
    to: person.email,
    subject: "Your code for the Anima console",
    text: textOf(signInCodeOf(services.rootKey, code.id), publicUrl),
    correlationId: job.correlationId,
  });
  if (!outcome) {
    services.log.warn("a sign-in code was not mailed: SMTP_RELAY_URL is not set");
    return;
  }
  await openTransaction(services, async (tx) => {
    await tx.signInCode.update({ where: { id: code.id }, data: { mailedAt: now } });
    const ids = { requestId: null, correlationId: job.correlationId };
    await recordForPerson(services, tx, person.id, ids, {
      event: "console.code.mailed",
      result: outcome.result === "sent" ? "SUCCESS" : "FAILURE",
      actor: null,
      data: { code: outcome.code },
      personal: { detail: `${person.email}: ${outcome.response}` },
    });
  });
}

function textOf(code: string, publicUrl: string): string {
  return `Your code: ${code.slice(0, 4)} ${code.slice(4)}

Enter it where you asked for it. It works once, within ten minutes. Nobody of us will ever ask you for it.
If you did not ask for it, do nothing: without the code nobody gets in.

${publicUrl}
`;
}
