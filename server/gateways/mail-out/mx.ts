import { Resolver } from "node:dns/promises";
import ipaddr from "ipaddr.js";
import { errorCode } from "#server/platform/error-code.ts";

export type MxRecord = { exchange: string; priority: number };

/** Errors carry the codes of node:dns (`ENOTFOUND`, `ENODATA`, `ESERVFAIL`, ...). */
export type MailDns = {
  mx(domain: string): Promise<MxRecord[]>;
  /** IPv4 and IPv6 addresses. */
  addresses(host: string): Promise<string[]>;
};

type MailRoute = { hosts: string[] } | { refusal: string };

/** The DNS servers of this machine. Never its hosts file, which names things inside. */
export function systemDns(): MailDns {
  const resolver = new Resolver({ timeout: 5_000, tries: 3 });
  return {
    mx: (domain) => resolver.resolveMx(domain),
    async addresses(host) {
      const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const addresses = found.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
      const failure = found.find((answer) => answer.status === "rejected");
      if (addresses.length === 0 && failure) throw failure.reason;
      return addresses;
    },
  };
}

/**
 * The hosts that take mail for a domain, best first (RFC 5321 5.1): its MX records by preference, equal ones in
 * random order; without any, the domain itself. A refusal when the domain does not exist or says by a null MX
 * (RFC 7505) that it takes no mail. Throws the DNS error when the answer is not known now.
 */
export async function findMailHosts(
  domain: string,
  dns: MailDns,
  random: () => number = Math.random,
): Promise<MailRoute> {
  const records = await readMx(domain, dns);
  if (records === "no such domain") return { refusal: `The domain ${domain} does not exist` };
  const named = records.filter((record) => record.exchange !== "" && record.exchange !== ".");
  if (records.length > 0 && named.length === 0) return { refusal: `The domain ${domain} takes no mail (null MX)` };
  if (named.length === 0) return { hosts: [domain] };
  const ordered = named
    .map((record) => ({ ...record, lot: random() }))
    .sort((a, b) => a.priority - b.priority || a.lot - b.lot);
  return { hosts: [...new Set(ordered.map((record) => record.exchange.toLowerCase().replace(/\.$/, "")))] };
}

async function readMx(domain: string, dns: MailDns): Promise<MxRecord[] | "no such domain"> {
  try {
    return await dns.mx(domain);
  } catch (error) {
    if (errorCode(error) === "ENODATA") return [];
    if (errorCode(error) === "ENOTFOUND") return "no such domain";
    throw error;
  }
}

/**
 * Whether an address is one of the public Internet. A domain's owner chooses where its MX points, and must not be
 * able to point this server at its own network.
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}
