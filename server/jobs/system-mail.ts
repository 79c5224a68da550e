import type { Services } from "#server/domain/context.ts";
import { domainOf } from "#server/domain/email/addresses.ts";
import { dkimKeysOf } from "#server/domain/email/dkim-keys.ts";
import type { MailGateway, RecipientOutcome } from "#server/domain/email/gateway.ts";

type SystemMail = {
  /** Of what the mail is about: the same mail has the same Message-ID at every attempt. */
  id: string;
  date: Date;
  to: string;
  subject: string;
  text: string;
  correlationId: string;
};

/**
 * Mails a person in the server's own name. Rejects when the mail was not taken yet: the queue tries again.
 *
 * @returns what became of it; null where there is no way to mail: no relay is configured
 */
export async function sendSystemMail(
  services: Services,
  gateway: MailGateway,
  mail: SystemMail,
): Promise<RecipientOutcome | null> {
  const { mailDomain } = services.config;
  const { id, date, to, subject, text, correlationId } = mail;
  const hand = domainOf(to) === mailDomain ? gateway.deliverHere : gateway.send;
  if (!hand) return null;
  const from = `no-reply@${mailDomain}`;
  const raw = await gateway.compose(
    {
      messageId: `${id.toLowerCase()}@${mailDomain}`,
      date,
      from: { address: from, name: "Anima" },
      to: [to],
      cc: [],
      bcc: [],
      subject,
      text,
      html: null,
      headers: {},
      inReplyTo: null,
      references: [],
      correlationId,
      attachments: [],
      automatic: true,
    },
    await dkimKeysOf(services, gateway, mailDomain),
  );
  const [outcome] = await hand({ envelope: { from, to: [to] }, raw });
  if (!outcome || outcome.result === "deferred") throw new Error("the mail was not taken yet");
  return outcome;
}
