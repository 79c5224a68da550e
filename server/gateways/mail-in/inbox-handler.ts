import { createReadStream } from "node:fs";
import type { Services } from "#server/domain/context.ts";
import { isKnownRecipient, receiveMail } from "#server/domain/email/receive.ts";
import type { InboundMailHandler } from "./types.ts";

/** What the SMTP listener and local delivery hand their mail to: the inboxes of the agents. */
export function createInboxHandler(services: Services): InboundMailHandler {
  return {
    isKnownRecipient: (address) => isKnownRecipient(services, address),
    async accept(mail) {
      await receiveMail(services, {
        ...mail,
        rcptTo: mail.envelope.rcptTo,
        raw: () => createReadStream(mail.rawPath),
        attachments: mail.attachments.map(({ path, ...attachment }) => ({
          ...attachment,
          content: () => createReadStream(path),
        })),
      });
    },
  };
}
