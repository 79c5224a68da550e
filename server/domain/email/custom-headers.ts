import { parseAddress } from "./addresses.ts";

type HeaderProblem = { header: string; reason: string };

const MAX_HEADERS = 50;
const MAX_TOTAL_OCTETS = 32 * 1024;
/** RFC 5322 2.1.1, without the line end. */
const MAX_LINE_OCTETS = 998;
/** RFC 5322 2.2 ftext: printable ASCII without the colon. */
const FIELD_NAME = /^[\x21-\x39\x3b-\x7e]+$/;

/** What Anima writes itself, or what only the hosts on the way may write. */
const RESERVED = new Set([
  "from",
  "sender",
  "to",
  "cc",
  "bcc",
  "subject",
  "date",
  "message-id",
  "in-reply-to",
  "references",
  "mime-version",
  "auto-submitted",
  "received",
  "received-spf",
  "return-path",
  "delivered-to",
  "authentication-results",
  "dkim-signature",
  "domainkey-signature",
]);
const RESERVED_PREFIXES = ["arc-", "content-", "resent-", "x-anima-"];

/**
 * The first problem of the headers a caller wants on a mail, or null. At most 50 headers, 998 octets a line
 * and 32 KiB in all; nothing that ends a line; no header that Anima or a mail host writes.
 * `Reply-To` is allowed with one valid address.
 */
export function checkCustomHeaders(headers: Record<string, string>): HeaderProblem | null {
  const entries = Object.entries(headers);
  const seen = new Set<string>();
  let total = 0;
  for (const [header, value] of entries) {
    const name = header.toLowerCase();
    const reason = seen.has(name) ? "is given twice" : problemOf(name, value);
    if (reason) return { header: printable(header), reason };
    seen.add(name);
    total += lineOctets(header, value);
    if (total > MAX_TOTAL_OCTETS) return { header, reason: `makes the headers longer than ${MAX_TOTAL_OCTETS} octets` };
    if (seen.size > MAX_HEADERS) return { header, reason: `is one too many: at most ${MAX_HEADERS} headers` };
  }
  return null;
}

function problemOf(name: string, value: string): string | null {
  if (!FIELD_NAME.test(name)) return "is not a header name (printable ASCII without spaces and colons)";
  if (RESERVED.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix))) {
    return "is set by the server and cannot be overridden";
  }
  if (/[\p{Cc}\u2028\u2029]/u.test(value.replaceAll("\t", " ")))
    return "has a line break or another control character in its value";
  if (!value.isWellFormed()) return "has a value that is not valid Unicode";
  if (value.trim() === "") return "has an empty value";
  if (lineOctets(name, value) > MAX_LINE_OCTETS) return `is longer than ${MAX_LINE_OCTETS} octets`;
  if (name === "reply-to" && parseAddress(value) === null) return "is not one valid e-mail address";
  return null;
}

function lineOctets(header: string, value: string): number {
  return Buffer.byteLength(header) + 2 + Buffer.byteLength(value);
}

/** A refused name goes into an error message: no control characters, bounded. */
function printable(header: string): string {
  return header.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
}
