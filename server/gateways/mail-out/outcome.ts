import type { NodemailerError } from "nodemailer";
import type { SMTPConnectionEnvelopeInfo } from "nodemailer/lib/smtp-connection";
import type { RecipientOutcome } from "#server/domain/email/gateway.ts";

type Verdict = Omit<RecipientOutcome, "recipient">;
/** Takes our own secrets out of a text that a peer wrote. */
export type Redact = (text: string) => string;

const MAX_RESPONSE_LENGTH = 500;
/** Replies that mean this server's login (RFC 4954 6), not the mail or its recipients. */
const LOGIN_REFUSED = new Set([534, 535, 538]);
const LOGIN_OR_TLS_DEMANDED = 530;
/** The commands got out of step: says nothing about the mail (RFC 5321 4.3.2). */
const BAD_SEQUENCE = 503;

/** Every recipient refused for good, for a reason of ours. */
export function bounced(recipients: string[], response: string): RecipientOutcome[] {
  return recipients.map((recipient) => ({ recipient, result: "bounced", code: null, response: oneLine(response) }));
}

/** What became of each recipient when the peer took the mail for at least one of them. */
export function outcomesOfDelivery(
  recipients: string[],
  info: SMTPConnectionEnvelopeInfo & { response: string },
  redact: Redact,
): RecipientOutcome[] {
  const accepted = new Set(info.accepted);
  const refused = refusals(info.rejectedErrors, redact);
  const sent: Verdict = { result: "sent", code: replyCode(info.response), response: oneLine(redact(info.response)) };
  const unanswered: Verdict = { result: "deferred", code: null, response: "The mail host did not name this recipient" };
  return recipients.map((recipient) => {
    const verdict = accepted.has(recipient) ? sent : (refused.get(recipient) ?? unanswered);
    return { recipient, ...verdict };
  });
}

/** What became of each recipient when the mail as a whole was not taken. */
export function outcomesOfFailure(recipients: string[], error: unknown, redact: Redact): RecipientOutcome[] {
  const failure = asMailError(error);
  const refused = refusals(failure.rejectedErrors, redact);
  const overall = verdictOf(failure, redact);
  return recipients.map((recipient) => ({ recipient, ...(refused.get(recipient) ?? overall) }));
}

function refusals(errors: NodemailerError[] | undefined, redact: Redact): Map<string, Verdict> {
  return new Map((errors ?? []).map((error) => [error.recipient ?? "", verdictOf(error, redact)]));
}

/**
 * RFC 5321 4.2.1: 4yz is worth another try, 5yz is final, where it answers MAIL, RCPT or DATA. A 5yz to the
 * greeting, to EHLO or to our login is about this server, so another try is worth it too.
 */
function verdictOf(error: NodemailerError, redact: Redact): Verdict {
  const code = error.responseCode || null;
  const words = oneLine(redact(error.response ?? error.message));
  const isAboutMail = error.code === "EENVELOPE" || error.code === "EMESSAGE";

  if (error.code === "EAUTH" || (code !== null && LOGIN_REFUSED.has(code))) {
    return { result: "deferred", code, response: oneLine(`The mail relay refused this server's login: ${words}`) };
  }
  if (code === LOGIN_OR_TLS_DEMANDED) {
    return { result: "deferred", code, response: oneLine(`The mail host demands a login or TLS first: ${words}`) };
  }
  if (error.code === "ETLS") {
    return { result: "deferred", code, response: oneLine(`TLS with the mail host failed (STARTTLS): ${words}`) };
  }
  if (code === null && error.response === undefined) {
    // nodemailer itself refuses an address that would break the protocol and a mail above the peer's size limit.
    if (isAboutMail) return { result: "bounced", code, response: words };
    return { result: "deferred", code, response: oneLine(`Not handed over: ${words}`) };
  }
  const isFinal = isAboutMail && code !== null && code >= 500 && code < 600 && code !== BAD_SEQUENCE;
  return { result: isFinal ? "bounced" : "deferred", code, response: words };
}

function asMailError(error: unknown): NodemailerError {
  return error instanceof Error ? error : new Error(String(error));
}

function replyCode(response: string): number | null {
  const digits = /^\d{3}/.exec(response)?.[0];
  return digits === undefined ? null : Number(digits);
}

/** A peer writes these words: no control characters (they reach logs and terminals), bounded. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim()
    .slice(0, MAX_RESPONSE_LENGTH)
    .toWellFormed();
}
