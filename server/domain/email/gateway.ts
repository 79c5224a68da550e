import type { Readable } from "node:stream";

/** A signing key of one of our mail domains. */
export type DkimKey = {
  domain: string;
  selector: string;
  algorithm: "rsa" | "ed25519";
  privateKeyPem: string;
  publicKeyDns: string;
};

/** A mail as the gateway writes it; see gateways/mail-out/compose.ts. */
export type MailToCompose = {
  messageId: string;
  date: Date;
  from: { address: string; name: string | null };
  to: string[];
  cc: string[];
  bcc: string[];
  subject: string;
  text: string;
  html: string | null;
  headers: Record<string, string>;
  inReplyTo: string | null;
  references: string[];
  correlationId: string | null;
  attachments: { filename: string; mimeType: string; contentId: string | null; content: Buffer }[];
  automatic: boolean;
};

/** What became of one recipient, with the peer's own words. */
export type RecipientOutcome = {
  recipient: string;
  result: "sent" | "deferred" | "bounced";
  code: number | null;
  response: string;
};

type Handover = (input: { envelope: { from: string; to: string[] }; raw: Buffer }) => Promise<RecipientOutcome[]>;

/** The outside world of mail, as the domain sees it. */
export type MailGateway = {
  compose(mail: MailToCompose, keys: DkimKey[]): Promise<Buffer>;
  generateDkimKeys(domain: string): Promise<DkimKey[]>;
  /** To other servers; null where no relay is configured. */
  send: Handover | null;
  /** To inboxes of this server. */
  deliverHere: Handover;
  /** Seconds until the next attempt (counted from 1); null when it is time to give up. */
  nextAttemptDelaySeconds(attempt: number, acceptedAt: Date, now: Date): number | null;
};

/** A mail that came in, parsed and within bounds; see gateways/mail-in/types.ts. */
export type InboundMail = {
  rcptTo: string[];
  receivedAt: Date;
  raw: () => Readable;
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
