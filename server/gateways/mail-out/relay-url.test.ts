import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRelayUrl, redactLogin } from "./relay-url.ts";

function messageOf(url: string): string {
  try {
    parseRelayUrl(url);
  } catch (error) {
    return String(error);
  }
  return "";
}

describe("parseRelayUrl", () => {
  it.each([
    ["smtp://relay.example", { host: "relay.example", port: 587, tls: "opportunistic", auth: null }],
    ["smtp://RELAY.example:2525/", { host: "relay.example", port: 2525, tls: "opportunistic", auth: null }],
    ["smtps://relay.example", { host: "relay.example", port: 465, tls: "implicit", auth: null }],
    ["smtp://[::1]:25", { host: "::1", port: 25, tls: "opportunistic", auth: null }],
    ["smtp://relay.example?tls=off", { host: "relay.example", port: 587, tls: "off", auth: null }],
    ["smtp://u:p@relay.example", { host: "relay.example", port: 587, tls: "required", auth: { user: "u", pass: "p" } }],
    [
      "smtp://u:p@127.0.0.1:1025",
      { host: "127.0.0.1", port: 1025, tls: "opportunistic", auth: { user: "u", pass: "p" } },
    ],
    [
      "smtp://u%40x.example:p%3A%2F%3F%23%25@relay.example?tls=opportunistic",
      { host: "relay.example", port: 587, tls: "opportunistic", auth: { user: "u@x.example", pass: "p:/?#%" } },
    ],
  ])("reads %s", (url, settings) => {
    expect(parseRelayUrl(url)).toEqual(settings);
  });

  it.each([
    ["", "is not a URL"],
    ["relay.example:25", "smtp:// or smtps://"],
    ["https://relay.example", "smtp:// or smtps://"],
    ["smtp://", "no valid host name"],
    ["smtp://relay.example:0", "port 0"],
    ["smtp://relay.example:99999", "is not a URL"],
    ["smtp://user@relay.example", "both a user name and a password"],
    ["smtp://:secret@relay.example", "both a user name and a password"],
    ["smtp://user:hunter2%zz@relay.example", "percent-encoded as %25"],
    ["smtp://user:hun#ter2@relay.example", "percent-encode"],
    ["smtp://user:12#hunter2@relay.example", "after the host"],
    ["smtp://user:12/hunter2@relay.example", "after the host"],
    ["smtp://user:12?hunter2@relay.example", "no query but"],
    ["smtp://relay.example?tls=maybe", "other than required"],
    ["smtp://relay.example?tls=off&tls=required", "no query but"],
    ["smtps://relay.example?tls=off", "cannot combine"],
    ["smtp://b\u00fccher.example", "no valid host name"],
  ])("says what is wrong with %s", (url, reason) => {
    expect(messageOf(url)).toContain(reason);
  });

  it("never repeats a password, however it is misplaced", () => {
    const password = fc.stringMatching(/^[a-z0-9:/?#@%[\]&=]{0,6}Zq7[a-z0-9:/?#@%[\]&=]{0,6}$/);
    const url = fc.tuple(
      fc.constantFrom("smtp", "smtps", "http"),
      password,
      fc.constantFrom("@relay.example", "@[::1]:25", "@", "", "?tls=x"),
    );
    fc.assert(
      fc.property(url, ([scheme, pass, rest]) => {
        expect(messageOf(`${scheme}://user:${pass}${rest}`)).not.toContain("Zq7");
      }),
    );
  });
});

describe("redactLogin", () => {
  it("takes the login out in every form a peer can echo", () => {
    const redact = redactLogin({ user: "robot@x.example", pass: "s3cr3t/+ pass" });
    const plain = Buffer.from("\0robot@x.example\0s3cr3t/+ pass").toString("base64");
    const echo = redact(
      `500 AUTH PLAIN ${plain}, s3cr3t/+ pass, s3cr3t%2F%2B%20pass, robot@x.example, robot%40x.example`,
    );
    expect(echo).toBe("500 AUTH PLAIN [redacted], [redacted], [redacted], [redacted], [redacted]");
  });

  it("leaves words alone that only contain the user name", () => {
    expect(redactLogin({ user: "mail", pass: "hunter2hunter2" })("550 mailbox of mail unavailable")).toBe(
      "550 mailbox of [redacted] unavailable",
    );
  });

  it("holds for any login", () => {
    const secret = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 20 }).map((text) => `Zq7${text}9`);
    fc.assert(
      fc.property(secret, secret, (user, pass) => {
        const echo = redactLogin({ user, pass })(`535 ${user} / ${pass} / ${encodeURIComponent(pass)} refused`);
        expect(echo).not.toContain("Zq7");
      }),
    );
  });
});
