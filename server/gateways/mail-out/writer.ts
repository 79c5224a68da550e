import type { MailWriter } from "#server/domain/email/gateway.ts";
import { composeMail } from "./compose.ts";
import { generateDkimKeys } from "./dkim.ts";

/** Writes mails out, without sending them: also for processes that deliver nothing. */
export const mailWriter: MailWriter = { compose: composeMail, generateDkimKeys };
