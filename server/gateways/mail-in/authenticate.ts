import { Resolver } from "node:dns/promises";
import { setMaxListeners } from "node:events";
import type { DMARCResult, DNSResolver } from "mailauth";
import { dmarc } from "mailauth/lib/dmarc/index.js";
import { spf } from "mailauth/lib/spf/index.js";
import { fieldValue, type HeaderBlock, type HeaderField, headerBytes } from "./header-block.ts";
import type { MailInLimits } from "./limits.ts";
import type { Envelope, MailVerdicts, Verdict } from "./types.ts";
import type { DkimInput, DkimOutcome } from "./verify-dkim.ts";

export type { DNSResolver } from "mailauth";

type MailToAuthenticate = { rawPath: string; header: HeaderBlock; envelope: Envelope; receivedAt: Date };

type Options = {
  /** The name of this server, for SPF macros. */
  hostname: string;
  resolver: DNSResolver;
  limits: Pick<MailInLimits, "senderLookupMs" | "policyLookupMs" | "maxLookups" | "maxSignatures">;
  /** Hashes the mail off the event loop. */
  verifyDkim: (input: DkimInput) => Promise<DkimOutcome>;
};

/** DNS of this machine, for production. */
export function systemResolver(): DNSResolver {
  const resolver = new Resolver({ timeout: 1_500, tries: 2 });
  return async (domain, type) => (await resolver.resolve(domain, type)) as string[] | string[][];
}

/**
 * SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489) for one received mail. Never throws: what DNS or the checks leave
 * open is `temperror`. It is mailauth's own `authenticate` in three steps, so that DNS is bounded in time and the hashing,
 * which needs no DNS then, runs in a worker.
 */
export async function authenticateMail(mail: MailToAuthenticate, options: Options): Promise<MailVerdicts> {
  const { limits } = options;
  const signatures = mail.header.fields.filter((field) => field.name === "dkim-signature");
  // With signed fields left out every signature would look broken.
  const tried = mail.header.truncated ? [] : signatures.slice(0, limits.maxSignatures);

  const senderDns = boundedResolver(options.resolver, limits.senderLookupMs, limits.maxLookups);
  const [spfOutcome, keys] = await Promise.all([
    checkSpf(mail.envelope, options.hostname, senderDns),
    lookUpKeys(tried.map(fieldValue), senderDns),
  ]);
  const dkim = await checkDkim(mail, tried, keys, options);
  const policyDns = boundedResolver(options.resolver, limits.policyLookupMs, limits.maxLookups);
  const policy = await checkDmarc(dkim, spfOutcome.passedDomain, policyDns);
  return {
    spf: spfOutcome.verdict,
    dkim: mail.header.truncated ? "permerror" : bestDkimVerdict(dkim),
    ...policy,
  };
}

async function checkSpf(envelope: Envelope, mta: string, resolver: DNSResolver) {
  try {
    const result = await spf({
      sender: envelope.mailFrom,
      ip: envelope.remoteAddress,
      helo: envelope.helo,
      mta,
      resolver,
    });
    const verdict = toVerdict(result.status.result);
    return { verdict, passedDomain: verdict === "pass" ? result.domain : null };
  } catch {
    return { verdict: "temperror" as const, passedDomain: null }; // the verdict is the report of a failed check
  }
}

/** The TXT answers for the keys that DKIM-Signature values name (RFC 6376 section 3.6.2), or the code of the DNS error. */
async function lookUpKeys(values: string[], resolver: DNSResolver): Promise<DkimInput["keys"]> {
  const names = new Set(values.map(keyName).filter((name) => name !== null));
  const answers = await Promise.all(
    [...names].map(async (name) => {
      try {
        return [name, (await resolver(name, "TXT")) as string[][]] as const;
      } catch (error) {
        return [name, (error as NodeJS.ErrnoException).code ?? "ESERVFAIL"] as const;
      }
    }),
  );
  return Object.fromEntries(answers);
}

function keyName(signature: string): string | null {
  const tag = (name: string) => new RegExp(`(?:^|;)\\s*${name}\\s*=([^;]*)`).exec(signature)?.[1]?.replace(/\s+/g, "");
  const [domain, selector] = [tag("d"), tag("s")];
  return domain && selector ? `${selector}._domainkey.${domain}`.toLowerCase() : null;
}

async function checkDkim(
  mail: MailToAuthenticate,
  tried: HeaderField[],
  keys: DkimInput["keys"],
  { verifyDkim }: Options,
): Promise<DkimOutcome | null> {
  // ARC seals are signatures too, but are not evaluated here.
  const others = mail.header.fields.filter(
    (field) => field.name !== "dkim-signature" && !field.name.startsWith("arc-"),
  );
  const base = { rawPath: mail.rawPath, keys, now: mail.receivedAt };
  const withoutSignatures = { ...base, header: headerBytes(others), bodyOffset: null };
  try {
    if (tried.length === 0) return await verifyDkim(withoutSignatures);
    const header = headerBytes([...tried, ...others]);
    return await verifyDkim({ ...base, header, bodyOffset: mail.header.bodyOffset });
  } catch {
    // The mail needed too much time or memory. It must not escape DMARC by that, so it counts as not signed there.
    const outcome = await verifyDkim(withoutSignatures).catch(() => null);
    return outcome && { ...outcome, signatures: [UNVERIFIABLE] };
  }
}

const UNVERIFIABLE = { domain: "", result: "permerror", aligned: false, undersized: false, bodyHashMatches: true };

async function checkDmarc(
  dkim: DkimOutcome | null,
  spfDomain: string | null,
  resolver: DNSResolver,
): Promise<{ dmarc: Verdict; dmarcPolicy: string | null }> {
  if (dkim === null) return { dmarc: "temperror", dmarcPolicy: null };
  if (dkim.headerFrom.length === 0) return { dmarc: "none", dmarcPolicy: null };
  // Several authors: RFC 7489 section 6.6.1 lets a receiver treat that as unacceptable.
  if (dkim.headerFrom.length > 1) return { dmarc: "permerror", dmarcPolicy: null };
  let result: DMARCResult | false;
  try {
    result = await dmarc({
      headerFrom: dkim.headerFrom,
      spfDomains: spfDomain ? [spfDomain] : [],
      dkimDomains: dkim.signatures.filter((signature) => signature.result === "pass"),
      resolver,
    });
  } catch {
    return { dmarc: "temperror", dmarcPolicy: null }; // the verdict is the report of a failed check
  }
  if (!result) return { dmarc: "none", dmarcPolicy: null };
  return { dmarc: toVerdict(result.status.result), dmarcPolicy: result.policy?.toLowerCase() ?? null };
}

const BEST_FIRST: Verdict[] = ["pass", "temperror", "fail", "permerror", "neutral", "none"];

function bestDkimVerdict(outcome: DkimOutcome | null): Verdict {
  if (outcome === null) return "temperror";
  const verdicts = outcome.signatures.map((signature) =>
    // mailauth says neutral where the body was changed; RFC 8601 section 2.7.1 calls that a fail.
    signature.bodyHashMatches ? toVerdict(signature.result) : "fail",
  );
  return BEST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? "none";
}

function toVerdict(result: string): Verdict {
  if (result === "temperr") return "temperror";
  // "policy" is a valid signature with a key too weak to count.
  if (result === "policy" || result === "skipped") return "neutral";
  return result as Verdict;
}

/** Lets a check do at most `maxLookups` lookups in `ms`; further ones fail at once with ETIMEOUT, which mailauth calls temperror. */
function boundedResolver(resolver: DNSResolver, ms: number, maxLookups: number): DNSResolver {
  const deadline = AbortSignal.timeout(ms);
  setMaxListeners(0, deadline);
  let lookups = 0;
  return (domain, type) =>
    new Promise((resolve, reject) => {
      const giveUp = () => reject(Object.assign(new Error(`DNS lookup of ${domain} given up`), { code: "ETIMEOUT" }));
      lookups += 1;
      if (deadline.aborted || lookups > maxLookups) return giveUp();
      deadline.addEventListener("abort", giveUp, { once: true });
      resolver(domain, type).then(resolve, reject);
    });
}
