import { domainOf } from "#server/domain/email/addresses.ts";
import type { RecipientOutcome, SmtpEnvelope } from "#server/domain/email/gateway.ts";
import { errorCode } from "#server/platform/error-code.ts";
import { DEFAULT_TIMEOUTS, deliverToValid, type MailTransport, type SmtpTimeouts } from "./delivery.ts";
import { findMailHosts, isPublicAddress, type MailDns, systemDns } from "./mx.ts";
import { bounced, outcomesOfDelivery, outcomesOfFailure } from "./outcome.ts";
import { openSession, type SessionOptions, type SmtpSession } from "./smtp-session.ts";

export type DirectOptions = {
  /** The name given in EHLO; peers expect it to resolve to this server. */
  hostname: string;
  dns?: MailDns;
  port?: number;
  /** Also deliver to loopback and private addresses. For tests and closed networks. */
  allowPrivateAddresses?: boolean;
  timeouts?: Partial<SmtpTimeouts>;
};

const MAX_HOSTS = 5;
const MAX_ADDRESSES_PER_HOST = 2;
const unchanged = (text: string) => text;

/**
 * Delivers to the mail hosts of each recipient's domain. STARTTLS where it is offered, with any certificate; in
 * the clear where TLS fails (RFC 7435). Refuses addresses that are not public, see isPublicAddress.
 */
export function createDirectTransport(options: DirectOptions): MailTransport {
  const dns = options.dns ?? systemDns();
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const open = new Set<SmtpSession>();
  let closed = false;

  async function deliverToDomain(domain: string, envelope: SmtpEnvelope, raw: Buffer): Promise<RecipientOutcome[]> {
    const reached = await reachDomain(domain);
    if ("refusal" in reached) return bounced(envelope.to, reached.refusal);
    if ("failure" in reached) return outcomesOfFailure(envelope.to, reached.failure, unchanged);
    // From here on the peer may have the mail: whatever happens, no other host is tried with it now.
    try {
      return outcomesOfDelivery(envelope.to, await reached.session.send(envelope, raw), unchanged);
    } catch (error) {
      return outcomesOfFailure(envelope.to, error, unchanged);
    } finally {
      open.delete(reached.session);
    }
  }

  type Reached = { session: SmtpSession } | { refusal: string } | { failure: unknown };

  /** A session with the first mail host of the domain that gives one. */
  async function reachDomain(domain: string): Promise<Reached> {
    let failure: unknown = null;
    let refusal: string | null = null;
    try {
      const route = await findMailHosts(domain, dns);
      if ("refusal" in route) return route;
      for (const host of route.hosts.slice(0, MAX_HOSTS)) {
        const reached = await reachHost(host);
        if ("session" in reached) return reached;
        if ("failure" in reached) failure = reached.failure;
        else refusal = reached.refusal;
      }
    } catch (error) {
      failure = error;
    }
    // One host that may come back is reason enough to try again.
    return failure === null && refusal !== null ? { refusal } : { failure };
  }

  async function reachHost(host: string): Promise<Reached> {
    try {
      const addresses = await dns.addresses(host);
      const usable = options.allowPrivateAddresses ? addresses : addresses.filter(isPublicAddress);
      if (usable.length === 0) return { refusal: `The mail host ${host} has no public address` };
      return await reachAddress(host, usable.slice(0, MAX_ADDRESSES_PER_HOST));
    } catch (error) {
      const code = errorCode(error);
      if (code === "ENOTFOUND" || code === "ENODATA") return { refusal: `The mail host ${host} does not exist` };
      return { failure: error };
    }
  }

  async function reachAddress(host: string, addresses: string[]): Promise<Reached> {
    let failure: unknown = null;
    for (const address of addresses) {
      if (closed) break;
      const opened = await openSession(sessionOptions(host, address));
      if ("failure" in opened) failure = opened.failure;
      else if (closed) opened.session.close();
      else {
        open.add(opened.session);
        return opened;
      }
    }
    return { failure: closed ? new Error("The server is shutting down") : failure };
  }

  function sessionOptions(host: string, address: string): SessionOptions {
    return { host, address, port: options.port ?? 25, hostname: options.hostname, timeouts };
  }

  async function send(from: string, to: string[], raw: Buffer): Promise<RecipientOutcome[]> {
    const domains = [...Map.groupBy(to, domainOf)];
    const outcomes = domains.map(([domain, members]) => deliverToDomain(domain, { from, to: members }, raw));
    return (await Promise.all(outcomes)).flat();
  }

  return {
    deliver: ({ envelope, raw }) => deliverToValid(envelope.to, (to) => send(envelope.from, to, raw)),
    async close() {
      closed = true;
      for (const session of open) session.close();
    },
  };
}
