import ipaddr from "ipaddr.js";
import { isWithin } from "#server/platform/network.ts";

/** What the system gives for an IPv4 peer; its parts are in range. */
const PLAIN_IPV4 = /^[1-9]\d{0,2}(\.(0|[1-9]\d{0,2})){3}$/;

/**
 * The address of the client: the peer, or what the nearest proxies that we trust say in X-Forwarded-For, read from the
 * right as long as the addresses are trusted ones.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  trusted: readonly string[],
): string {
  const hops = (forwardedFor ?? "").split(",");
  let address = normalise(peer);
  while (isWithin(address, trusted)) {
    const hop = withoutPort(hops.pop()?.trim() ?? "");
    // Nobody vouches for what stands before a hop that says nothing.
    if (!ipaddr.isValid(hop)) break;
    address = normalise(hop);
  }
  return address;
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
}

function normalise(address: string | undefined): string {
  if (address !== undefined && PLAIN_IPV4.test(address)) return address;
  if (address === undefined || !ipaddr.isValid(address)) return "unknown";
  return ipaddr.process(address).toString();
}
