import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Services } from "#server/domain/context.ts";
import { hasDnsRecords } from "#server/domain/email/addresses.ts";
import { dkimKeysOf } from "#server/domain/email/dkim-keys.ts";
import type { MailGateway } from "#server/domain/email/gateway.ts";
import { dkimDnsRecords } from "./mail-out/dkim.ts";

const FILE = "dns-records.txt";

/**
 * Writes the DNS records that make other servers accept and answer the agents' mail, for the operator to publish. The
 * keys are made here, at the first start with a mail domain.
 *
 * @returns the path of the file; null for the default domain, which has no DNS
 */
export async function writeDnsRecords(
  services: Services,
  gateway: Pick<MailGateway, "generateDkimKeys">,
): Promise<string | null> {
  const { mailDomain, dataDir, publicUrl } = services.config;
  if (!hasDnsRecords(mailDomain)) return null;
  const keys = await dkimKeysOf(services, gateway, mailDomain);
  const records = [
    `; Inbound mail (RFC 5321 section 5.1): the host that takes it, here that of PUBLIC_URL, on port 25`,
    `${mailDomain}. MX 10 ${new URL(publicUrl).hostname}.`,
    "; DKIM (RFC 6376, RFC 8463): how other servers check our signatures",
    ...dkimDnsRecords(keys).map(({ name, value }) => `${name}. TXT ${quoted(value)}`),
    "; DMARC (RFC 7489): what they shall do with mail that fails; tighten it once mail arrives",
    `_dmarc.${mailDomain}. TXT "v=DMARC1; p=none"`,
    "; SPF (RFC 7208): name the hosts of your relay instead of a:",
    `${mailDomain}. TXT "v=spf1 a mx ~all"`,
  ];
  const path = join(dataDir, FILE);
  await writeFile(path, `${records.join("\n")}\n`);
  return path;
}

/** A TXT value in strings of at most 255 octets (RFC 1035 section 3.3). */
function quoted(value: string): string {
  return (value.match(/.{1,255}/g) ?? []).map((part) => `"${part}"`).join(" ");
}
