import { isIP } from "node:net";
import type { Redact } from "./outcome.ts";

/**
 * `required`: STARTTLS or no delivery, certificate verified. `opportunistic`: STARTTLS where it is offered, any
 * certificate. `off`: never. `implicit`: TLS from the first byte, certificate verified.
 */
export type RelayTls = "implicit" | "required" | "opportunistic" | "off";

type RelaySettings = {
  host: string;
  port: number;
  tls: RelayTls;
  auth: { user: string; pass: string } | null;
};

const SUBMISSION_PORT = 587; // RFC 6409
const SUBMISSIONS_PORT = 465; // RFC 8314

/**
 * Reads `smtp://` or `smtps://`, then optionally `user:password@`, a host, `:port` and `?tls=required`,
 * `opportunistic` or `off`. Without `tls=`, a login is only sent over verified TLS unless the relay is on this
 * machine; without a login TLS is opportunistic.
 * Throws an Error that says what is wrong and never repeats any part of the URL: a password that was not
 * percent-encoded can end up in every part of it.
 */
export function parseRelayUrl(url: string): RelaySettings {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed) {
    throw new Error(
      "The relay URL is not a URL like smtp://user:password@host:587 (in a password, percent-encode @ : / ? # and %)",
    );
  }
  if (parsed.protocol !== "smtp:" && parsed.protocol !== "smtps:") {
    throw new Error("The relay URL must start with smtp:// or smtps://");
  }
  if (parsed.hash !== "" || (parsed.pathname !== "" && parsed.pathname !== "/")) {
    throw new Error("The relay URL has a / or # after the host (in a password, write / as %2F and # as %23)");
  }
  const host = readHost(parsed.hostname);
  const auth = readAuth(parsed);
  const implicit = parsed.protocol === "smtps:";
  const port = parsed.port === "" ? (implicit ? SUBMISSIONS_PORT : SUBMISSION_PORT) : Number(parsed.port);
  if (port === 0) throw new Error("The relay URL has port 0");
  return { host, port, auth, tls: readTls(parsed.searchParams, implicit, auth !== null && !isThisMachine(host)) };
}

function readHost(hostname: string): string {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (isIP(host) || /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/.test(host)) return host;
  throw new Error("The relay URL has no valid host name (international names in their xn-- form)");
}

function readAuth(url: URL): RelaySettings["auth"] {
  if (url.username === "" && url.password === "") return null;
  if (url.username === "" || url.password === "") {
    throw new Error("The relay URL needs both a user name and a password, or neither");
  }
  try {
    return { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  } catch {
    // The URIError is not passed on: it would point into the password.
    throw new Error("The relay URL has a % in the user name or password that is not percent-encoded as %25");
  }
}

function readTls(query: URLSearchParams, implicit: boolean, sendsLogin: boolean): RelayTls {
  const tls = query.get("tls");
  if ([...query.keys()].some((key) => key !== "tls") || query.getAll("tls").length > 1) {
    throw new Error("The relay URL takes no query but ?tls=... (in a password, write ? as %3F)");
  }
  if (implicit) {
    if (tls !== null) throw new Error("The relay URL cannot combine smtps:// with ?tls=");
    return "implicit";
  }
  if (tls === null) return sendsLogin ? "required" : "opportunistic";
  if (tls === "required" || tls === "opportunistic" || tls === "off") return tls;
  throw new Error("The relay URL has a tls value other than required, opportunistic or off");
}

function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

/**
 * Takes the relay's login out of a text that a peer wrote: the password in each form in which SMTP and URLs carry
 * it, the user name where it stands as a word.
 */
export function redactLogin(auth: RelaySettings["auth"]): Redact {
  if (!auth) return (text) => text;
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const forms = [
    base64(`\0${auth.user}\0${auth.pass}`),
    base64(`${auth.user}\0${auth.user}\0${auth.pass}`),
    base64(auth.pass),
    encodeURIComponent(auth.pass),
    auth.pass,
    base64(auth.user),
  ];
  const userAsWord = `(?<![\\p{L}\\p{N}])(?:${escaped(encodeURIComponent(auth.user))}|${escaped(auth.user)})(?![\\p{L}\\p{N}])`;
  const secrets = new RegExp([...forms.map(escaped), userAsWord].join("|"), "gu");
  return (text) => text.replace(secrets, "[redacted]");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
