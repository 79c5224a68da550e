import type { Services } from "../context.ts";
import type { DkimKey, MailGateway } from "./gateway.ts";

const PURPOSE = "dkim private key";

/** The signing keys of a mail domain of ours, made at its first use. */
export async function dkimKeysOf(
  services: Services,
  gateway: Pick<MailGateway, "generateDkimKeys">,
  domain: string,
): Promise<DkimKey[]> {
  const known = await readKeys(services, domain);
  if (known.length > 0) return known;
  const made = await gateway.generateDkimKeys(domain);
  // Two processes may get here at once: the first one's keys stand, and both read those.
  await services.db.prisma.dkimKey.createMany({
    data: made.map(({ privateKeyPem, ...key }) => ({
      ...key,
      privateKey: new Uint8Array(services.rootKey.encrypt(PURPOSE, Buffer.from(privateKeyPem))),
      createdAt: services.clock.now(),
    })),
    skipDuplicates: true,
  });
  return readKeys(services, domain);
}

async function readKeys(services: Services, domain: string): Promise<DkimKey[]> {
  const rows = await services.db.prisma.dkimKey.findMany({ where: { domain }, orderBy: { selector: "asc" } });
  return rows.map((row) => ({
    domain: row.domain,
    selector: row.selector,
    algorithm: row.algorithm as DkimKey["algorithm"],
    privateKeyPem: services.rootKey.decrypt(PURPOSE, row.privateKey).toString(),
    publicKeyDns: row.publicKeyDns,
  }));
}
