import { timingSafeEqual } from "node:crypto";
import type { Services } from "../context.ts";

const VALID_SECONDS = 15 * 60;

type AttachmentLink = { url: string; expiresAt: Date };

/** An address under which an attachment can be fetched without a key, for 15 minutes. */
export function makeLink(services: Services, attachment: { orgId: string; id: string }): AttachmentLink {
  const expires = Math.floor(services.clock.now().getTime() / 1000) + VALID_SECONDS;
  const signature = sign(services, { ...attachment, expires }).toString("base64url");
  const query = new URLSearchParams({ org: attachment.orgId, expires: String(expires), signature });
  return {
    url: `${services.config.publicUrl}/v1/attachments/${attachment.id}/content?${query}`,
    expiresAt: new Date(expires * 1000),
  };
}

/** Whether we made the link and it has not expired. */
export function isValidLink(
  services: Services,
  link: { orgId: string; id: string; expires: number; signature: string },
): boolean {
  const given = Buffer.from(link.signature, "base64url");
  const expected = sign(services, link);
  const genuine = given.length === expected.length && timingSafeEqual(given, expected);
  return genuine && services.clock.now().getTime() < link.expires * 1000;
}

function sign(services: Services, link: { orgId: string; id: string; expires: number }): Buffer {
  return services.rootKey.mac("attachment link", JSON.stringify([link.orgId, link.id, link.expires]));
}
