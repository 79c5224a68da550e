/** A result of SPF, DKIM or DMARC in the words of RFC 8601 section 2.7, narrowed to what mailauth reports. */
export type Verdict = "pass" | "fail" | "softfail" | "neutral" | "none" | "temperror" | "permerror";

export type MailVerdicts = {
  spf: Verdict;
  /** The best verdict over the first signatures; `permerror` where header or body are too much to check. DMARC then counts the mail as not signed. */
  dkim: Verdict;
  /** `permerror` where From names several authors. */
  dmarc: Verdict;
  /** What the From domain asks for on failure: `none`, `quarantine`, `reject`; null without a DMARC record. */
  dmarcPolicy: string | null;
};

/** Why no person wrote this mail (RFC 3834 and common practice); "no" when nothing says so. */
export type AutomaticKind = "no" | "auto-reply" | "auto-generated" | "bulk" | "bounce" | "loop";

/** Content is a file in the spool that is deleted as soon as accept() settles. */
export type ReceivedAttachment = {
  filename: string;
  mimeType: string;
  sizeBytes: number;
  /** Without angle brackets, to match `cid:` links. */
  contentId: string | null;
  path: string;
};

export type Envelope = {
  /** The reverse path; "" for a bounce (null return path). */
  mailFrom: string;
  /** Every recipient of this transaction, as isKnownRecipient() was asked for it: lower-case. */
  rcptTo: string[];
  remoteAddress: string;
  /** What the peer called itself in HELO or EHLO. Not to be trusted. */
  helo: string;
  /** Whether the mail came over TLS. */
  secure: boolean;
};

/** What limits can cut from a mail. The raw file is always whole. */
export type Truncation = "headers" | "addresses" | "text" | "html" | "attachments" | "extractedText" | "mime";

/**
 * What a mail says, within bounds. Every string is well-formed Unicode without control characters
 * (text and html keep tab and line feed), so that PostgreSQL takes it.
 */
export type ParsedMessage = {
  /** Message identifiers are bare: without angle brackets. */
  messageId: string | null;
  inReplyTo: string | null;
  references: string[];
  /** "" when the header has no usable address. */
  from: string;
  fromName: string | null;
  to: string[];
  cc: string[];
  replyTo: string[];
  subject: string;
  sentDate: Date | null;
  /** From the plain text parts; derived from the HTML when there are none. */
  text: string;
  html: string | null;
  attachments: ReceivedAttachment[];
  truncated: Truncation[];
};

export type ReceivedMail = ParsedMessage & {
  envelope: Envelope;
  /** The mail as received, with this server's Received field on top; deleted as soon as accept() settles. */
  rawPath: string;
  rawSizeBytes: number;
  receivedAt: Date;
  /** `text` without quoted replies and signature; all of `text` where that would leave nothing. */
  extractedText: string;
  /** `html` without the quoted reply and signature blocks of common mail programs; null without HTML or where it is too large. */
  extractedHtml: string | null;
  /** Names in lower case, values unfolded and not decoded, repeated fields joined by ", ". */
  headers: Record<string, string>;
  automatic: AutomaticKind;
  verdicts: MailVerdicts;
};

export type InboundMailHandler = {
  /** Asked once per RCPT with the address in lower case. A rejection becomes 451, so the peer tries again. */
  isKnownRecipient(address: string): Promise<boolean>;
  /**
   * Called once per mail. Resolves only after the mail is stored: then the peer gets 250. A rejection becomes 451 and
   * the peer sends the same mail again, so storing must tell a mail it already has by its Message-ID.
   */
  accept(mail: ReceivedMail): Promise<void>;
};
