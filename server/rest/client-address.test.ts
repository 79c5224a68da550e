import { expect, it } from "vitest";
import { clientAddress } from "./client-address.ts";

it.each<[string, string | undefined, string | undefined, string[], string]>([
  ["the peer, when no proxy is trusted", "203.0.113.1", "192.0.2.1", [], "203.0.113.1"],
  ["the peer, when it is not a trusted one", "203.0.113.1", "192.0.2.1", ["10.0.0.0/8"], "203.0.113.1"],
  ["what the trusted proxy says", "10.0.0.1", "192.0.2.1", ["10.0.0.0/8"], "192.0.2.1"],
  ["the last one before the trusted ones", "10.0.0.1", "6.6.6.6, 192.0.2.1, 10.0.0.2", ["10.0.0.0/8"], "192.0.2.1"],
  ["not what stands further left", "10.0.0.1", "127.0.0.1, 192.0.2.1", ["10.0.0.0/8", "127.0.0.1"], "192.0.2.1"],
  ["the outermost trusted one, when all are", "10.0.0.1", "10.0.0.3, 10.0.0.2", ["10.0.0.0/8"], "10.0.0.3"],
  ["the proxy itself, when it says nothing", "10.0.0.1", undefined, ["10.0.0.1"], "10.0.0.1"],
  [
    "an IPv4 address, also where it is written as IPv6",
    "::ffff:10.0.0.1",
    "::ffff:192.0.2.1",
    ["10.0.0.1"],
    "192.0.2.1",
  ],
  ["an IPv6 address, in its short form", "::1", "2001:DB8:0:0::1", ["::1"], "2001:db8::1"],
  ["unknown, without a socket", undefined, "192.0.2.1", ["0.0.0.0/0"], "unknown"],
])("is %s", (_what, peer, forwarded, trusted, expected) => {
  expect(clientAddress(peer, forwarded, trusted)).toBe(expected);
});

it("does not look behind what is no address: nobody vouches for what stands before it", () => {
  expect(clientAddress("10.0.0.1", "192.0.2.1, garbage", ["10.0.0.0/8"])).toBe("10.0.0.1");
  expect(clientAddress("10.0.0.1", "192.0.2.1, 10.0.0.2, 198.51.100.7:4711", ["10.0.0.0/8"])).toBe("198.51.100.7");
  expect(clientAddress("10.0.0.1", "[2001:db8::7]:4711", ["10.0.0.0/8"])).toBe("2001:db8::7");
});
