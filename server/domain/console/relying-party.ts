import { isIP } from "node:net";
import type { Config } from "#server/platform/config.ts";

/** Who passkeys are for: the host in PUBLIC_URL. Null where browsers offer none: plain HTTP, an address for a name. */
export function relyingParty({ publicUrl }: Pick<Config, "publicUrl">): { id: string; origin: string } | null {
  const { protocol, hostname, origin } = new URL(publicUrl);
  const isLocal = hostname === "localhost" || hostname.endsWith(".localhost");
  if (protocol !== "https:" && !isLocal) return null;
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0) return null;
  return { id: hostname, origin };
}
