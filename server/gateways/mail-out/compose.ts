import { createHash } from "node:crypto";
import MailComposer, { type MailComposerAttachment } from "nodemailer/lib/mail-composer";
import { parseAddress } from "#server/domain/email/addresses.ts";
import type { DkimKey, OutgoingAttachment, OutgoingMail } from "#server/domain/email/gateway.ts";
import { signMail } from "./dkim.ts";

/** RFC 5322 wants the first and the newest ancestors; more only make a line that hosts refuse. */
const MAX_REFERENCES = 20;

/**
 * The mail as it goes over the wire, CRLF lines only, signed with each key. The same input gives the same bytes
 * (boundaries and signatures derive from it), so that a retry after a lost acknowledgement is recognisable.
 * Throws when an address is not valid or a key cannot sign.
 */
export async function composeMail(mail: OutgoingMail, dkim: DkimKey[]): Promise<Buffer> {
  const headers = headerList(mail);
  const replyTo = headers.find((header) => header.key.toLowerCase() === "reply-to");
  const composer = new MailComposer({
    from: { address: mail.from.address, name: mail.from.name ?? "" },
    to: mail.to.map(toMailbox),
    cc: mail.cc.map(toMailbox),
    ...(replyTo ? { replyTo: toMailbox(replyTo.value) } : {}),
    subject: mail.subject,
    date: mail.date,
    messageId: `<${mail.messageId}>`,
    headers: headers.filter((header) => header !== replyTo),
    text: withCrlf(mail.text),
    ...(mail.html === null ? {} : { html: withCrlf(mail.html) }),
    attachments: mail.attachments.map(toAttachment),
    // Quoted-printable throughout: no 8-bit octets, no long lines, nothing a relay would rewrite under the signature.
    encoding: "quoted-printable",
    newline: "windows",
    // "=_" never occurs in quoted-printable or base64 (RFC 2045 6.7), so no content can end a part.
    boundaryPrefix: "=_anima",
    baseBoundary: createHash("sha256").update(mail.messageId).digest("hex").slice(0, 24),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return signMail(await composer.compile().build(), dkim, mail.date);
}

function headerList(mail: OutgoingMail): { key: string; value: string }[] {
  const list = Object.entries(mail.headers).map(([key, value]) => ({ key, value }));
  const inReplyTo = messageIds(mail.inReplyTo === null ? [] : [mail.inReplyTo]);
  const references = messageIds(mail.references);
  if (inReplyTo.length > 0) list.push({ key: "In-Reply-To", value: inReplyTo.join(" ") });
  if (references.length > 0) list.push({ key: "References", value: references.join(" ") });
  if (mail.automatic) list.push({ key: "Auto-Submitted", value: "auto-generated" });
  if (mail.correlationId && isOurCorrelationId(mail.correlationId)) {
    list.push({ key: "X-Anima-Correlation-Id", value: mail.correlationId });
  }
  return list;
}

/**
 * Only ids that we made leave the house: they are random and say nothing, while one that the caller chose may
 * name an order or a person. Nothing reads the header back; answers join their chain by Message-ID.
 */
function isOurCorrelationId(id: string): boolean {
  return /^corr_[A-Za-z0-9]{1,64}$/.test(id);
}

/** Message-IDs in angle brackets. Foreign mail brings broken ones; those are left out. */
function messageIds(ids: string[]): string[] {
  const valid = ids
    .map((id) => id.trim().replace(/^<|>$/g, ""))
    .filter((id) => /^[\x21-\x3b\x3d\x3f-\x7e]{1,250}$/.test(id))
    .map((id) => `<${id}>`);
  const distinct = [...new Set(valid)];
  if (distinct.length <= MAX_REFERENCES) return distinct;
  return [...distinct.slice(0, 1), ...distinct.slice(1 - MAX_REFERENCES)];
}

function toMailbox(input: string): { address: string; name: string } {
  const parsed = parseAddress(input);
  if (!parsed) throw new Error(`Not one valid e-mail address: ${JSON.stringify(input)}`);
  return { address: parsed.address, name: parsed.name ?? "" };
}

function toAttachment(attachment: OutgoingAttachment): MailComposerAttachment {
  const cid = attachment.contentId?.replace(/[^\x21-\x7e]|[<>]/g, "");
  return {
    filename: safeFilename(attachment.filename),
    content: attachment.content,
    contentType: safeMimeType(attachment.mimeType),
    // Base64 also for text, or line ends would change on the way.
    contentTransferEncoding: "base64",
    ...(cid ? { cid } : {}),
  };
}

function safeFilename(filename: string): string {
  const clean = filename
    .slice(0, 200)
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069/\\]/gu, "_");
  return clean.trim() === "" ? "attachment" : clean;
}

/** Composite types (multipart, message) may not be in base64 (RFC 2045 6.4): they go as plain files. */
function safeMimeType(mimeType: string): string {
  const isPlainType = /^(?!multipart\/|message\/)[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/i.test(
    mimeType,
  );
  return isPlainType ? mimeType.toLowerCase() : "application/octet-stream";
}

/** Any line end becomes CRLF, before quoted-printable would encode a lone CR or LF as data. */
function withCrlf(text: string): string {
  return text.toWellFormed().replace(/\r\n?|\n/g, "\r\n");
}
