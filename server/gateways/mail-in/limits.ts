/** Every bound of the inbound mail gateway. All times in milliseconds. */
export type MailInLimits = {
  /** Connections at once; the next one is answered 421. */
  maxClients: number;
  /** Of these from one address (an IPv6 /64 is one), as Postfix's smtpd_client_connection_count_limit. */
  maxClientsPerNetwork: number;
  maxRecipients: number;
  /** Unknown recipients a connection may try before it is closed: stops guessing of addresses. */
  maxUnknownRecipients: number;
  /** Silence of the peer. Below the 5 minutes of RFC 5321 section 4.5.3.2.7, because a silent peer holds one of maxClients places. */
  idleMs: number;
  /** From DATA to the final dot, so that a peer that drips bytes cannot stay. */
  dataMs: number;
  /** A whole connection, so that a peer that drips commands cannot stay. */
  sessionMs: number;
  /** Grace for mails in transfer when the listener closes. */
  closeMs: number;
  /** Mails parsed and handed to accept() at once; the others wait on disk. */
  concurrentMails: number;
  /** Worker processes that parse. */
  workers: number;
  /** JavaScript heap of one worker, in MiB. */
  workerHeapMb: number;
  /** CPU time limits of the worker's jobs. */
  parseMs: number;
  verifyMs: number;
  extractMs: number;
  /** DNS for SPF and DKIM keys, then DNS for DMARC: together about 5 s at worst. */
  senderLookupMs: number;
  policyLookupMs: number;
  /** DNS lookups per mail. */
  maxLookups: number;
  /** DKIM signatures tried per mail (RFC 6376 section 6.1 allows a limit). */
  maxSignatures: number;
  maxHeaderBytes: number;
  maxHeaderFields: number;
  maxFieldBytes: number;
  maxParts: number;
  maxAttachments: number;
  maxAddresses: number;
  maxTextChars: number;
  maxHtmlChars: number;
};

export const defaultLimits: MailInLimits = {
  maxClients: 200,
  maxClientsPerNetwork: 50,
  maxRecipients: 100,
  maxUnknownRecipients: 20,
  idleMs: 60_000,
  dataMs: 10 * 60_000,
  sessionMs: 30 * 60_000,
  closeMs: 5_000,
  concurrentMails: 4,
  workers: 2,
  workerHeapMb: 256,
  parseMs: 10_000,
  verifyMs: 10_000,
  extractMs: 2_000,
  senderLookupMs: 3_000,
  policyLookupMs: 2_000,
  maxLookups: 60,
  maxSignatures: 5,
  maxHeaderBytes: 256 * 1024,
  maxHeaderFields: 1_000,
  maxFieldBytes: 128 * 1024,
  maxParts: 500,
  maxAttachments: 200,
  maxAddresses: 500,
  maxTextChars: 1_000_000,
  maxHtmlChars: 2_000_000,
};
