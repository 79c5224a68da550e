import type { Readable } from "node:stream";

/** A signing key of one of our mail domains. */
export type DkimKey = {
  domain: string;
  selector: string;
  algorithm: "rsa" | "ed25519";
  /** PKCS #8 */
  privateKeyPem: string;
  /** The `p=` value of the DNS record, base64. */
  publicKeyDns: string;
};

export type OutgoingAttachment = {
  filename: string;
  mimeType: string;
  /** For images that the HTML shows as `cid:...`. */
  contentId: string | null;
  content: Buffer;
};

/** A mail that is to be written out. */
export type OutgoingMail = {
  /** Without angle brackets, ours: `<ulid>@<domain>`. */
  messageId: string;
  date: Date;
  from: { address: string; name: string | null };
  /** As parseAddress takes them. */
  to: string[];
  cc: string[];
  /** For the envelope only, never in a header. */
  bcc: string[];
  subject: string;
  text: string;
  html: string | null;
  /** Already through checkCustomHeaders. */
  headers: Record<string, string>;
  inReplyTo: string | null;
  references: string[];
  correlationId: string | null;
  attachments: OutgoingAttachment[];
  /** Mail of the system itself: marked `Auto-Submitted`, so that no auto-reply comes back (RFC 3834). */
  automatic: boolean;
};

export type SmtpEnvelope = {
  /** Empty for the null sender of a bounce. */
  from: string;
  /** As parseAddress gives them. */
  to: string[];
};

/** What became of one recipient. */
export type RecipientOutcome = {
  recipient: string;
  /** `deferred` is worth another try, `bounced` is final. */
  result: "sent" | "deferred" | "bounced";
  /** The peer's reply code, null when it gave none. */
  code: number | null;
  /** The peer's own words or what kept us from getting any: one line, at most 500 characters. */
  response: string;
};

/** Hands a mail over once and says what became of each recipient, in the order given. */
export type HandOver = (mail: { envelope: SmtpEnvelope; raw: Buffer }) => Promise<RecipientOutcome[]>;

/** Writes mails out. Needs nobody outside. */
export type MailWriter = {
  compose(mail: OutgoingMail, keys: DkimKey[]): Promise<Buffer>;
  generateDkimKeys(domain: string): Promise<DkimKey[]>;
};

/** The outside world of mail, as the domain sees it. */
export type MailGateway = MailWriter & {
  /** To other servers; null where no relay is configured. */
  send: HandOver | null;
  /** To inboxes of this server. */
  deliverHere: HandOver;
  /** Seconds until the next attempt (counted from 1); null when it is time to give up. */
  nextAttemptDelaySeconds(attempt: number, acceptedAt: Date, now: Date): number | null;
};

/** A mail that came in, parsed and within bounds; see gateways/mail-in/types.ts. */
export type InboundMail = {
  rcptTo: string[];
  receivedAt: Date;
  raw: () => Readable;
  rawSizeBytes: number;
  messageId: string | null;
  inReplyTo: string | null;
  references: string[];
  from: string;
  to: string[];
  cc: string[];
  subject: string;
  sentDate: Date | null;
  text: string;
  html: string | null;
  extractedText: string;
  extractedHtml: string | null;
  headers: Record<string, string>;
  /** "no", or why no person wrote it (RFC 3834): auto-reply, auto-generated, bulk, bounce, loop. */
  automatic: string;
  attachments: {
    filename: string;
    mimeType: string;
    sizeBytes: number;
    contentId: string | null;
    content: () => Readable;
  }[];
  verdicts: { spf: string; dkim: string; dmarc: string; dmarcPolicy: string | null };
  truncated: string[];
};
