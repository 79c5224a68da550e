import { parseAddress } from "#server/domain/email/addresses.ts";
import type { HandOver, RecipientOutcome } from "#server/domain/email/gateway.ts";
import { bounced } from "./outcome.ts";

export type MailTransport = {
  /**
   * Never throws for what a peer does or fails to do. A mail whose acknowledgement was lost is `deferred`: the next try sends the same
   * bytes with the same Message-ID, which the peer can recognise.
   */
  deliver: HandOver;
  /** Ends all connections; a delivery that still runs is cut off and comes out as `deferred`. */
  close(): Promise<void>;
};

export type SmtpTimeouts = {
  /** Milliseconds for DNS, TCP connection and TLS. */
  connectMs: number;
  /** Milliseconds for the peer's greeting. */
  greetingMs: number;
  /** Milliseconds of silence afterwards. RFC 5321 4.5.3.2.6 asks for 10 minutes after the final dot. */
  silenceMs: number;
  /** Milliseconds for one delivery in all, against a peer that drips its answers. */
  deliveryMs: number;
};

export const DEFAULT_TIMEOUTS: SmtpTimeouts = {
  connectMs: 30_000,
  greetingMs: 60_000,
  silenceMs: 10 * 60_000,
  deliveryMs: 20 * 60_000,
};

/**
 * Runs `deliver` for the recipients that are addresses as parseAddress gives them and bounces the others, before a
 * protocol line is made of them. The outcomes come back in the order of the recipients.
 */
export async function deliverToValid(
  recipients: string[],
  deliver: (valid: string[]) => Promise<RecipientOutcome[]>,
): Promise<RecipientOutcome[]> {
  const valid = recipients.filter((recipient) => parseAddress(recipient)?.address === recipient);
  const delivered = valid.length === 0 ? [] : await deliver(valid);
  const outcomes = new Map(delivered.map((outcome) => [outcome.recipient, outcome]));
  return recipients.flatMap(
    (recipient) => outcomes.get(recipient) ?? bounced([recipient], "Not a deliverable address"),
  );
}
