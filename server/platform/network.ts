import ipaddr from "ipaddr.js";

/**
 * What counts as one peer where peers are counted: an IPv6 peer has a whole /64 to choose addresses from (RFC 6177), so that
 * is one.
 */
export function networkOf(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  return ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString();
}

/** Whether an address is one of these addresses and CIDR ranges. What is no address is not. */
export function isWithin(address: string, ranges: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return ranges.some((entry) => {
    const [network, bits] = entry.includes("/")
      ? ipaddr.parseCIDR(entry)
      : ([ipaddr.parse(entry), ipaddr.parse(entry).kind() === "ipv4" ? 32 : 128] as const);
    return parsed.kind() === network.kind() && parsed.match(network, bits);
  });
}
