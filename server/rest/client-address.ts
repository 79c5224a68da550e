import ipaddr from "ipaddr.js";

/**
 * The address of the client: the peer, or what the nearest proxies that we trust say in X-Forwarded-For, read from the
 * right as long as the addresses are trusted ones.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: readonly string[],
): string {
  const hops = (forwardedFor ?? "")
    .split(",")
    .map((hop) => hop.trim())
    .filter((hop) => ipaddr.isValid(hop));
  let address = normalise(peer);
  while (isTrusted(address, trusted)) {
    const hop = hops.pop();
    if (hop === undefined) break;
    address = normalise(hop);
  }
  return address;
}

function normalise(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return "unknown";
  return ipaddr.process(address).toString();
}

function isTrusted(address: string, trusted: readonly string[]): boolean {
  if (address === "unknown") return false;
  const parsed = ipaddr.parse(address);
  return trusted.some((entry) => {
    const [network, bits] = entry.includes("/")
      ? ipaddr.parseCIDR(entry)
      : ([ipaddr.parse(entry), ipaddr.parse(entry).kind() === "ipv4" ? 32 : 128] as const);
    return parsed.kind() === network.kind() && parsed.match(network, bits);
  });
}
